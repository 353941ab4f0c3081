import { describe, expect, it } from 'vitest';
import { flatBody } from './flat.js';
import { reportComponent, reportHealth, type ComponentReport } from '../report.js';

const timing = { durationMs: 4, ageMs: 6, unchangedMs: 1000, failures: 0, passes: 1, isUndecided: false };
const ok = (name: string): ComponentReport =>
  reportComponent(name, { required: true, effect: 'fail' }, { status: 'ok', ...timing }, 2000);
const down = (name: string): ComponentReport => {
  const reason = { code: 'TIMEOUT', error: new Error('postgres://u:p@10.0.0.1/x') } as const;
  return reportComponent(name, { required: true, effect: 'fail' }, { status: 'down', ...timing, ...reason }, 2000);
};

describe('flatBody', () => {
  it('prints status, checks and version in this order', () => {
    expect(flatBody(reportHealth('health', 'healthy', '0.57.0', [ok('db'), ok('redis')]))).toBe(
      '{"status":"healthy","db":"ok","redis":"ok","version":"0.57.0"}',
    );
  });

  it('prints the word of a check that is down, never its code or error', () => {
    expect(flatBody(reportHealth('ready', 'unhealthy', '0.57.0', [ok('db'), down('redis')]))).toBe(
      '{"status":"unhealthy","db":"ok","redis":"down","version":"0.57.0"}',
    );
  });

  it('leaves an unknown version out', () => {
    expect(flatBody(reportHealth('live', 'healthy', undefined))).toBe('{"status":"healthy"}');
  });

  it('keeps the order of checks whose names look like numbers', () => {
    expect(flatBody(reportHealth('health', 'healthy', undefined, [ok('b'), ok('2'), ok('1')]))).toBe(
      '{"status":"healthy","b":"ok","2":"ok","1":"ok"}',
    );
  });

  it('escapes names and versions', () => {
    expect(JSON.parse(flatBody(reportHealth('health', 'healthy', '1"\n', [ok('"\\')])))).toEqual({
      status: 'healthy',
      '"\\': 'ok',
      version: '1"\n',
    });
  });
});
