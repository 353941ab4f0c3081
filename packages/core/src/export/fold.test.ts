import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { report } from '../../testing/simulation.js';
import { fingerprintOf } from './fold.js';
import type { ErrorReport } from './report.js';

function failure(message: string): Error {
  return new Error(message);
}

describe('fingerprint', () => {
  it('is the same for one error met by several requests', () => {
    const [one, two] = ['r1', 'r2'].map((id) => report('failed', { error: failure('x'), fields: { request_id: id } }));
    expect(fingerprintOf(one as ErrorReport)).toBe(fingerprintOf(two as ErrorReport));
  });

  it.each([
    ['level', { level: 'fatal' }],
    ['logger', { logger: 'orders' }],
    ['message', { message: 'other' }],
    ['route', { fields: { route: '/b' } }],
    ['method', { fields: { route: '/a', method: 'PUT' } }],
    ['type', { error: new TypeError('x') }],
    ['error message', { error: failure('y') }],
    ['origin', { error: new Error('x') }],
    ['thrown text', { error: 'x' }],
  ] as const)('differs by %s', (_, difference) => {
    const base = report('failed', { error: failure('x'), fields: { route: '/a' } });
    expect(fingerprintOf({ ...base, ...difference })).not.toBe(fingerprintOf(base));
  });

  it('tells errors of another realm, and plain objects, by what they say', () => {
    for (const make of ['new Error(text)', '({ message: text })']) {
      const [one, two] = ['a', 'b'].map((text) => report('failed', { error: runInNewContext(make, { text }) }));
      expect(fingerprintOf(one as ErrorReport)).not.toBe(fingerprintOf(two as ErrorReport));
    }
  });

  it('stays short whatever is thrown', () => {
    const error = Object.assign(failure('e'.repeat(1e6)), { name: 'n'.repeat(1e6) });
    expect(fingerprintOf(report('m'.repeat(1e6), { error })).length).toBeLessThan(2_000);
  });
});
