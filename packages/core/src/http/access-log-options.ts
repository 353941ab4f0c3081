/** Access log options: how the access line is written, in the words of pino-http. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whose names the fields of the access line have. */
export type AccessLogFormat = 'throughline' | 'pino-http' | 'ecs' | 'otel';

/** Names of fields. */
export interface CustomAttributeKeys {
  /** @default 'req' */
  req?: string;
  /** @default 'res' */
  res?: string;
  /** @default 'err' */
  err?: string;
  /** @default `duration_ms`, in the format `pino-http` `responseTime` */
  responseTime?: string;
  /** In the format `pino-http` alone, with `quietReqLogger`. @default 'reqId' */
  reqId?: string;
}

/**
 * Options of `accessLog`. Functions get Node's own request and response; one that throws is as good as left out. What
 * they give stands on the line in place of ours.
 */
export interface AccessLogOptions {
  /**
   * `pino-http` writes what pino-http itself writes, `ecs` the names of the Elastic Common Schema, `otel` those of
   * OpenTelemetry's semantic conventions. @default 'throughline'
   */
  format?: AccessLogFormat;
  /** Requests that have no line unless they fail: those for which `ignore` is true, or all of them. @default true */
  autoLogging?: boolean | { ignore?(this: void, req: IncomingMessage): boolean };
  /** Level of requests that went well; in the format `pino-http` of all. @default 'info' */
  useLevel?: string;
  /** Level of a request, `silent` for no line. Not asked for probes that went well, which are at `debug`. @default by outcome */
  customLogLevel?(this: void, req: IncomingMessage, res: ServerResponse, error?: Error): string;
  /** Further fields, a list of them or a function that is asked at the end. */
  customProps?: object | ((req: IncomingMessage, res: ServerResponse) => object | undefined);
  /** Message of a line that is written when the request arrives; no such line when it gives `undefined`. @default none */
  customReceivedMessage?(this: void, req: IncomingMessage, res: ServerResponse): string | undefined;
  /** Fields of that line. @default none */
  customReceivedObject?(this: void, req: IncomingMessage, res: ServerResponse): object | undefined;
  /** Message of a request that did not fail; `durationMs` in milliseconds. @default 'request completed' or 'request aborted' */
  customSuccessMessage?(this: void, req: IncomingMessage, res: ServerResponse, durationMs: number): string;
  /** Fields of a request that did not fail, made of ours. */
  customSuccessObject?(this: void, req: IncomingMessage, res: ServerResponse, fields: Record<string, unknown>): object;
  /** Message of a request that failed; `durationMs` in milliseconds. @default 'request errored' */
  customErrorMessage?(this: void, req: IncomingMessage, res: ServerResponse, error: Error, durationMs: number): string;
  /** Fields of a request that failed, made of ours. */
  customErrorObject?(
    this: void,
    req: IncomingMessage,
    res: ServerResponse,
    error: Error,
    fields: Record<string, unknown>,
  ): object;
  /** Other names for some fields. Not in the formats `ecs` and `otel`, which have names of their own. */
  customAttributeKeys?: CustomAttributeKeys;
  /**
   * What becomes of a field. One for `req` or `res` puts that on the line, which only the format `pino-http` has
   * otherwise. One that throws leaves `[Unreadable]`.
   */
  serializers?: Readonly<Record<string, (value: never) => unknown>>;
  /** Whether serializers of `req`, `res` and `err` get what pino's own made of it. @default true */
  wrapSerializers?: boolean;
  /** In the format `pino-http`: puts the request id on the line as `reqId`. `req.log` never carries `req`. @default false */
  quietReqLogger?: boolean;
  /** In the format `pino-http`: leaves `req` out. @default false */
  quietResLogger?: boolean;
}

export const customAttributeKeysDefaults = { req: 'req', res: 'res', err: 'err', reqId: 'reqId' } as const;

export const accessLogDefaults = {
  format: 'throughline',
  autoLogging: true,
  useLevel: 'info',
  wrapSerializers: true,
  quietReqLogger: false,
  quietResLogger: false,
} as const;
