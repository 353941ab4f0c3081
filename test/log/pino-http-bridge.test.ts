/** The bridge to pino-http, beside what the contract of adapters holds it to. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ConfigError, createObservability, pinoOptions, runWithContext, setContext } from '@throughline/core';
import { bridgePinoHttp, type PinoHttpBridgeOptions, type PinoHttpInstance } from '@throughline/core/bridges/pino-http';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { expect, it } from 'vitest';
import { record, topLevelKeys } from './recorder.js';

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

/** The line of a bridged instance of its own, with these fields in the context. */
function bridgedLine(fields: Record<string, unknown>, options?: PinoHttpBridgeOptions): string {
  const written: string[] = [];
  const stream = { write: (line: string) => void written.push(line) };
  const instance = bridgePinoHttp(pinoHttp({}, stream), options);
  return runWithContext({ requestId: 'demo-1', user: { id: 42 }, fields }, () => lineOf(written, instance));
}

it('hides what the observability calls a secret, the one it is given or that of the process', async () => {
  const fields = { iban: 'canary', next_token: 'shown' };
  const redact = { keys: ['iban'], allow: ['next_token'] };
  const hidden = { iban: '[Redacted]', next_token: 'shown' };
  const { observability } = record({ redact });
  expect(JSON.parse(bridgedLine(fields, { observability }))).toMatchObject(hidden);
  const own = createObservability({ redact, exporters: [] });
  expect(JSON.parse(bridgedLine(fields))).toMatchObject(hidden);
  await own.close();
});

it('writes no key twice, and keeps fields of the context that have the name of one of ours', () => {
  const line = bridgedLine({ level: 'l', time: 't', msg: 'm', request_id: 'r', cart: 7 });
  const keys = topLevelKeys(line);
  expect(keys).toEqual([...new Set(keys)]);
  expect(JSON.parse(line)).toMatchObject({
    level: 30,
    msg: 'request aborted',
    request_id: 'demo-1',
    user_id: '42',
    cart: 7,
    fields_level: 'l',
    fields_time: 't',
    fields_msg: 'm',
    fields_request_id: 'r',
  });
});

it('writes what it always wrote where there is no context', () => {
  const written: string[] = [];
  const instance = bridgePinoHttp(pinoHttp({}, { write: (line: string) => void written.push(line) }));
  expect(lineOf(written, instance)).not.toContain('request_id');
});

it.each([undefined, {}, () => undefined, pino({ level: 'silent' })])('refuses what is no instance: %o', (given) => {
  expect(() => bridgePinoHttp(given as unknown as PinoHttpInstance)).toThrow(ConfigError);
});

it('refuses an observability that is none', () => {
  expect(() => bridgePinoHttp(pinoHttp({}, { write: () => undefined }), { observability: {} as never })).toThrow(
    ConfigError,
  );
});
