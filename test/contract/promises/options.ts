/** Options: a mistake is refused where it is made, with a sentence that helps. */
import { ConfigError } from '@throughline/core';
import { expect, it } from 'vitest';
import type { Cell, RequestOptions } from '../cell.js';
import { start } from '../start.js';

const mistakes: [option: string, request: unknown][] = [
  ['requestId', { requestId: 'always' }],
  ['requestId.trust', { requestId: { trust: 'sometimes' } }],
  ['requestId.headers[0]', { requestId: { headers: ['X Request Id'] } }],
  ['requestId.headers', { requestId: { headers: 'X-Request-Id' } }],
  ['requestId.responseHeader', { requestId: { responseHeader: 'X Request Id' } }],
  ['requestId.generate', { requestId: { generate: 'uuid' } }],
  ['user', { user: 'req.user' }],
  ['level', { level: 'debug' }],
  ['accessLog', { accessLog: 'pino-http' }],
  ['accessLog.format', { accessLog: { format: 'ECS' } }],
  ['accessLog.genReqId', { accessLog: { genReqId: () => 'mine' } }],
  ['accessLog.customLoglevel', { accessLog: { customLoglevel: () => 'info' } }],
  ['accessLog.constructor', { accessLog: { constructor: {} } }],
  ['accessLog.customLogLevel', { accessLog: { customLogLevel: 'info' } }],
  ['accessLog.useLevel', { accessLog: { useLevel: 'loud' } }],
  ['accessLog.useLevel', { accessLog: { useLevel: 'info', customLogLevel: () => 'info' } }],
  ['accessLog.autoLogging', { accessLog: { autoLogging: 'off' } }],
  ['accessLog.autoLogging.ignore', { accessLog: { autoLogging: { ignore: '/health' } } }],
  ['accessLog.customProps', { accessLog: { customProps: 'tenant' } }],
  ['accessLog.serializers.req', { accessLog: { serializers: { req: 'url' } } }],
  ['accessLog.wrapSerializers', { accessLog: { wrapSerializers: 'no' } }],
  ['accessLog.customAttributeKeys.err', { accessLog: { customAttributeKeys: { err: 7 } } }],
  ['accessLog.customAttributeKeys', { accessLog: { format: 'ecs', customAttributeKeys: { err: 'e' } } }],
  ['accessLog.customAttributeKeys.reqId', { accessLog: { customAttributeKeys: { reqId: 'id' } } }],
  ['accessLog.quietReqLogger', { accessLog: { quietReqLogger: false } }],
  ['trustedProxies', { trustedProxies: true }],
  ['trustedProxies', { trustedProxies: -1 }],
  ['trustedProxies', { trustedProxies: 1.5 }],
];

export function promiseOptions(cell: Cell): void {
  it.each(mistakes)('refuses an invalid %s at creation', async (option, request) => {
    const refused = await start(cell, { request: request as RequestOptions }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', option });
  });
}
