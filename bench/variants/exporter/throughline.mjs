/** Throughline with errors in memory, sent over OTLP. */
import { createObservability } from '@throughline/core';
import { otlpExporter } from '@throughline/core/exporters/otlp';

export function start({ url }, options = {}) {
  const observability = createObservability({
    isolated: true,
    service: { name: 'bench' },
    log: { destination: { write: () => undefined } },
    exporters: [otlpExporter({ url })],
    ...options,
  });
  return {
    take: ({ error, message, fields }) => observability.recordError(error, message, fields),
    flush: (timeoutMs) => observability.flush({ timeoutMs }),
  };
}
