/** Service: who is speaking, as every log line, error record and health answer names it. */
export interface ServiceInfo {
  /** Name of the service, such as `shop`. */
  readonly name: string;
  /** Release that is running, such as `1.4.0`; absent when nobody said. */
  readonly version?: string;
  /** Where it runs, such as `production`; absent when nobody said. */
  readonly environment?: string;
}

/** What was found out about a service. */
interface ServiceParts {
  readonly name: string;
  readonly version?: string | undefined;
  readonly environment?: string | undefined;
}

/** The parts that are known, always in the same order. */
export function serviceInfo({ name, version, environment }: ServiceParts): ServiceInfo {
  return { name, ...(version !== undefined && { version }), ...(environment !== undefined && { environment }) };
}
