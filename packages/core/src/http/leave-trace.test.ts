import { expect, it, onTestFinished } from 'vitest';
import { findSpansBy } from '../context/active-span.js';
import { leaveTrace } from './leave-trace.js';

const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

it.each([
  [
    'whose span has a getter, as that of Datadog',
    {
      ...ids,
      get traceFlags() {
        return 1;
      },
    },
  ],
  ['whose span is frozen', Object.freeze({ ...ids, traceFlags: 1 })],
])('asks nothing of a tracer %s', (_, spanContext) => {
  onTestFinished(findSpansBy(() => ({ spanContext: () => spanContext, setAttribute: () => {} })));
  expect(leaveTrace).not.toThrow();
  expect(spanContext.traceFlags).toBe(1);
});

it('takes back that the span is sampled, and nothing else', () => {
  const spanContext = { ...ids, traceFlags: 0b11 };
  onTestFinished(findSpansBy(() => ({ spanContext: () => spanContext, setAttribute: () => {} })));
  leaveTrace();
  expect(spanContext.traceFlags).toBe(0b10);
});
