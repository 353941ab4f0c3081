import { ConfigError, createObservability, type ObservabilityOptions } from '@throughline/core';
import { openobserveExporter } from '@throughline/core/exporters/openobserve';
import { otlpExporter } from '@throughline/core/exporters/otlp';
import * as forExpress from '@throughline/express';
import * as forKoa from '@throughline/koa';
import { describe, expect, it } from 'vitest';

const nothing = null as unknown as never;
const noObservability = { observability: {} as never };

describe('options of the wrong kind', () => {
  it.each<[string, () => unknown]>([
    ['options', () => createObservability(nothing)],
    ['options', () => createObservability('shop' as unknown as ObservabilityOptions)],
    ['openobserve', () => openobserveExporter(nothing)],
    ['otlp', () => otlpExporter(nothing)],
    ['requestContext', () => forExpress.requestContext(nothing)],
    ['requestContext.observability', () => forKoa.requestContext(noObservability)],
    ['health', () => forKoa.health(nothing)],
    ['health.observability', () => forExpress.health(noObservability)],
  ])('are refused with a sentence: %s', (option, create) => {
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', option }));
  });
});
