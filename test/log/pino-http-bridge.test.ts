/** The bridge to pino-http, beside what the contract of adapters holds it to. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ConfigError, pinoOptions, runWithContext, setContext } from '@throughline/core';
import { bridgePinoHttp, type PinoHttpInstance } from '@throughline/core/bridges/pino-http';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { expect, it } from 'vitest';
import { topLevelKeys } from './recorder.js';

/** The line that the instance writes of a request that has ended. */
function lineOf(written: string[], log: PinoHttpInstance): string {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  log(req, res);
  res.emit('finish');
  return written.at(-1) ?? '';
}

it('adds nothing to a pino-http that logs with our options', () => {
  const written: string[] = [];
  const logger = pino(pinoOptions({ name: 'http', level: 'info' }), { write: (line) => void written.push(line) });
  const [plain, bridged] = runWithContext({ requestId: 'demo-1', user: { id: 42 } }, () => {
    setContext({ cart: 7 });
    const instance = pinoHttp({ logger });
    return [lineOf(written, instance), lineOf(written, bridgePinoHttp(instance))];
  });
  expect(topLevelKeys(bridged).toSorted()).toEqual(topLevelKeys(plain).toSorted());
  expect(JSON.parse(bridged)).toMatchObject({ request_id: 'demo-1', user_id: '42', cart: 7 });
});

it('writes what it always wrote where there is no context', () => {
  const written: string[] = [];
  const instance = bridgePinoHttp(pinoHttp({}, { write: (line: string) => void written.push(line) }));
  expect(lineOf(written, instance)).not.toContain('request_id');
});

it.each([undefined, {}, () => undefined, pino({ level: 'silent' })])('refuses what is no instance: %o', (given) => {
  expect(() => bridgePinoHttp(given as unknown as PinoHttpInstance)).toThrow(ConfigError);
});
