import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadBucketCommand, HeadObjectCommand, type HeadBucketCommandInput, S3Client } from '@aws-sdk/client-s3';
import { s3Check } from '@throughline/core/checks/s3';
import S3rver from 's3rver';
import AWSAccount from 's3rver/lib/models/account.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCheck, healthOf, PASSWORD, unhurried } from '../contract/check.js';

const bucket: HeadBucketCommandInput = { Bucket: 'shop' };

function clientOf(port: number, password = PASSWORD): S3Client {
  const credentials = { accessKeyId: password, secretAccessKey: password };
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
}

/** An S3-compatible server with one bucket. It knows the key by its id; signatures of version 4 it does not check. */
async function startS3rver(): Promise<{ port: number; stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-s3-'));
  AWSAccount.DUMMY_ACCOUNT.createKeyPair(PASSWORD, PASSWORD);
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'shop', configs: [] }],
  });
  const { port } = await server.run();
  return {
    port,
    async stop() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describeCheck({
  name: 's3 (@aws-sdk/client-s3)',
  start: startS3rver,
  async connect(port, password) {
    const client = clientOf(port, password);
    const send = (signal: AbortSignal): Promise<unknown> =>
      client.send(new HeadBucketCommand(bucket), { abortSignal: signal });
    return {
      check: (options) => s3Check(send, { acceptStatuses: [], ...options }),
      disconnected: async () => {},
      reconnected: async () => {},
      close: () => client.destroy(),
    };
  },
  codes: { closed: 'REFUSED', denied: 'AUTH' },
  misuse: (given) => s3Check(given as () => Promise<unknown>),
});

describe('s3Check on a real S3-compatible server (s3rver)', () => {
  let server: Awaited<ReturnType<typeof startS3rver>>;
  beforeAll(async () => void (server = await startS3rver()));
  afterAll(() => server.stop());

  it('takes a missing object for reachable where 404 is accepted, and for HTTP_ERROR where it is not', async () => {
    const client = clientOf(server.port);
    const send = (): Promise<unknown> => client.send(new HeadObjectCommand({ ...bucket, Key: 'missing' }));
    expect((await healthOf(s3Check(send, { ...unhurried, acceptStatuses: [403, 404] })).check()).status).toBe(
      'healthy',
    );
    expect((await healthOf(s3Check(send, unhurried)).check()).checks).toMatchObject([
      { status: 'down', code: 'HTTP_ERROR' },
    ]);
    client.destroy();
  });

  it('says HTTP_ERROR for a bucket that is not there', async () => {
    const client = clientOf(server.port);
    const send = (): Promise<unknown> => client.send(new HeadBucketCommand({ Bucket: 'other' }));
    expect((await healthOf(s3Check(send, unhurried)).check()).checks).toMatchObject([
      { status: 'down', code: 'HTTP_ERROR' },
    ]);
    client.destroy();
  });
});

describe('s3Check on a stub that answers with one status', () => {
  let status = 200;
  const methods: unknown[] = [];
  const stub = createServer((req, res) => {
    methods.push(req.method);
    res.writeHead(status).end();
  });
  let client: S3Client;
  beforeAll(async () => {
    await once(stub.listen(0, '127.0.0.1'), 'listening');
    client = clientOf((stub.address() as AddressInfo).port);
  });
  afterAll(() => {
    client.destroy();
    stub.close();
  });

  const asked = async (given: number, acceptStatuses?: number[]): Promise<unknown> => {
    status = given;
    const send = (signal: AbortSignal): Promise<unknown> =>
      client.send(new HeadBucketCommand(bucket), { abortSignal: signal });
    const health = healthOf(s3Check(send, { ...unhurried, ...(acceptStatuses && { acceptStatuses }) }));
    const [component] = (await health.check()).checks;
    return component?.code ?? component?.status;
  };

  it('takes 403 for reachable: rights to objects alone are not rights to their bucket', async () => {
    expect(await asked(403)).toBe('ok');
  });

  it.each([
    ['AUTH', 403, []],
    ['AUTH', 401, undefined],
    ['HTTP_ERROR', 301, undefined],
    ['HTTP_ERROR', 404, undefined],
    ['HTTP_ERROR', 500, undefined],
    ['OVERLOADED', 429, undefined],
    ['OVERLOADED', 503, undefined],
  ])('says %s for %i when it accepts %j', async (code, given, acceptStatuses) => {
    expect(await asked(given, acceptStatuses)).toBe(code);
  });

  it('only reads', () => {
    expect(new Set(methods)).toEqual(new Set(['HEAD']));
  });
});

describe('s3Check with other clients', () => {
  const reported = async (send: () => Promise<unknown>): Promise<unknown> => {
    const [component] = (await healthOf(s3Check(send, unhurried)).check()).checks;
    return component?.code ?? component?.status;
  };

  it.each([
    ['ok', 'bucketExists() of minio', true],
    ['UNEXPECTED_ANSWER', 'bucketExists() of minio', false],
    ['ok', 'fetch', new Response(null, { status: 200 })],
    ['ok', 'fetch', new Response(null, { status: 403 })],
    ['HTTP_ERROR', 'fetch', new Response(null, { status: 404 })],
    ['ok', 'a function without an answer', undefined],
  ])('says %s for what %s resolves to: %o', async (expected, _what, answer) => {
    expect(await reported(async () => answer)).toBe(expected);
  });

  it.each([
    ['ok', { statusCode: 403, code: 'Forbidden' }],
    ['HTTP_ERROR', { statusCode: 404, code: 'NotFound' }],
    ['DNS', { code: 'ENOTFOUND' }],
    ['EXCEPTION', {}],
  ])('says %s for an error with %j', async (expected, fields) => {
    expect(await reported(() => Promise.reject(Object.assign(new Error('failed'), fields)))).toBe(expected);
  });

  it('is down when the function throws before it sends', async () => {
    const send = (): Promise<unknown> => {
      throw Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
    };
    expect(await reported(send)).toBe('EXCEPTION');
  });

  it('refuses statuses that are no list', () => {
    const acceptStatuses = 403 as unknown as number[];
    expect(() => s3Check(async () => true, { acceptStatuses })).toThrow(
      expect.objectContaining({ option: 's3Check.acceptStatuses' }),
    );
  });
});
