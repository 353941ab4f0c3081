import { describe, expect, it } from 'vitest';
import { flatBody } from './flat-body.js';
import { reportComponent, reportHealth, type ComponentReport } from './report.js';

const timing = { durationMs: 4, endedAtMs: 1004 };
const ok = (name: string): ComponentReport => reportComponent(name, true, { ok: true, ...timing });
const down = (name: string): ComponentReport =>
  reportComponent(name, true, { ok: false, code: 'TIMEOUT', error: new Error('postgres://u:p@10.0.0.1/x'), ...timing });

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
