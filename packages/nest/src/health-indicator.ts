/** Health indicator: a method of a provider that is asked when health is, found by its decorator. */
import { SetMetadata } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer, Reflector } from '@nestjs/core';
import { type CheckOptions, ConfigError, type HealthCheck } from '@throughline/core';

const marker = 'throughline/health-indicator';

interface Mark {
  readonly name: string;
  readonly options: CheckOptions;
}

type Method = (name: string, signal: AbortSignal) => unknown;

/**
 * Registers the method as a health check under the name. It is called with that name and an `AbortSignal`, so that a
 * method of a @nestjs/terminus indicator, such as `isHealthy(key)`, can be decorated as it is. It fails when it throws,
 * rejects, or returns `{ redis: { status: 'down' } }`.
 *
 * @example
 * ```ts
 * @HealthIndicator('redis', { required: false })
 * async ping() { await this.redis.ping(); }
 * ```
 */
export function HealthIndicator(name: string, options: CheckOptions = {}): MethodDecorator {
  return SetMetadata(marker, { name, options } satisfies Mark);
}

/**
 * Finds the decorated methods of all providers and controllers.
 *
 * @throws {ConfigError} When one belongs to a provider that lives for one request, or a name occurs twice.
 */
export function findIndicators(modules: ModulesContainer): Record<string, HealthCheck> {
  const checks: Record<string, HealthCheck> = {};
  for (const { owner, method, mark, isPerRequest } of markedMethods(modules)) {
    const { name, options } = mark;
    if (isPerRequest) throw refused(name, 'on a provider that lives as long as the application', 'one per request');
    if (name in checks) throw refused(name, 'given to one method', 'two methods');
    checks[name] = { ...options, probe: (signal) => method.call(owner, name, signal) };
  }
  return checks;
}

interface MarkedMethod {
  readonly owner: object;
  readonly method: Method;
  readonly mark: Mark;
  readonly isPerRequest: boolean;
}

function markedMethods(modules: ModulesContainer): MarkedMethod[] {
  const wrappers = [...modules.values()].flatMap(({ providers, controllers }) => [
    ...providers.values(),
    ...controllers.values(),
  ]);
  const seen = new Set<object>();
  return wrappers.flatMap((wrapper) => {
    const owner: unknown = wrapper.instance;
    // `useExisting` gives one object under two tokens.
    if (typeof owner !== 'object' || owner === null || seen.has(owner)) return [];
    seen.add(owner);
    return marksOf(owner).map((found) => ({ ...found, owner, isPerRequest: !wrapper.isDependencyTreeStatic() }));
  });
}

function marksOf(owner: object): Pick<MarkedMethod, 'method' | 'mark'>[] {
  const prototype = Object.getPrototypeOf(owner) as Record<string, unknown> | null;
  const reflector = new Reflector();
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((key) => {
    const method = prototype?.[key] as Method;
    const mark = reflector.get<Mark | undefined>(marker, method);
    return mark ? [{ method, mark }] : [];
  });
}

function refused(name: string, expected: string, received: string): ConfigError {
  const option = `health.checks.${name}`;
  return new ConfigError(
    'INVALID_OPTION',
    `${option} must be ${expected}, got ${received}`,
    option,
    expected,
    received,
  );
}
