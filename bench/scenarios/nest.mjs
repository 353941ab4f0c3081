/** Nest: what id, context, lines and metrics add to one request, on Express. */
import { requestScenario } from '../runner/request-scenario.mjs';

const stack = 'nestjs-pino+nestjs-cls';

export const nest = requestScenario({
  name: 'nest',
  title: 'Nest 12 on Express: time of the processor for one request',
  stack,
  variants: [
    'bare',
    'floor',
    'throughline-context',
    'throughline',
    'throughline-metrics',
    'nestjs-pino',
    stack,
    `${stack}+terminus`,
    'evlog',
    'opentelemetry',
  ],
  packages: [
    '@nestjs/core',
    'pino',
    'nestjs-pino',
    'nestjs-cls',
    '@nestjs/terminus',
    'evlog',
    '@opentelemetry/instrumentation-nestjs-core',
  ],
});
