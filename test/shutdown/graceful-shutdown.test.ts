import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Doomed } from './doomed.js';

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: doomed\r\n\r\n`;
const upgrade = 'GET /socket HTTP/1.1\r\nHost: doomed\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

describe('a service that is told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'goes on serving until the delay is over, out of traffic: %s',
    async (signal) => {
      const doomed = await Doomed.start({ delayMs: 4000 });
      doomed.kill(signal);
      await doomed.untilMessage('shutdown begins');
      const answers = await Promise.all(['/health/ready', '/health/live', '/fast'].map((path) => doomed.get(path)));
      expect(answers.map(({ status }) => status)).toEqual([503, 200, 200]);
      expect(await doomed.ended).toEqual({ code: 0, signal: null });
      expect(doomed.counts()).toMatchObject({ served: 3, cut: 0 });
      await expect(doomed.get('/fast')).rejects.toThrow('ECONNREFUSED');
    },
  );

  it('tells a client on a warm connection to come back on another, which it serves', async () => {
    const doomed = await Doomed.start({ delayMs: 20_000, gracePeriodMs: 60_000 });
    const agent = new Agent({ keepAlive: true });
    expect(await doomed.get('/fast', agent)).toMatchObject({ status: 200, connection: 'keep-alive' });
    doomed.kill();
    await doomed.untilMessage('shutdown begins');
    for (const path of ['/fast', '/slow?ms=5', '/health/ready', '/health/live', '/nowhere'])
      expect(await doomed.get(path, agent)).toMatchObject({ connection: 'close' });
  });

  it('answers a request that was under way before, and closes its connection', async () => {
    const doomed = await Doomed.start({ delayMs: 0 });
    const client = await doomed.connect();
    client.send('POST /upload HTTP/1.1\r\nHost: doomed\r\nContent-Length: 4\r\n\r\n');
    await doomed.untilSaid('uploading');
    doomed.kill();
    await doomed.untilMessage('shutdown begins');
    client.send('done');
    expect(await client.closed).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*Connection: close\r\n[^]*\r\n\r\nuploaded$/);
    expect(await doomed.ended).toMatchObject({ code: 0 });
    expect(doomed.counts()).toMatchObject({ served: 1, cut: 0 });
  });

  it('ends with a response whose head had promised to keep the connection', async () => {
    const doomed = await Doomed.start({ delayMs: 0, closeTimeoutMs: 20_000, scenario: 'warm for ever' });
    const client = await doomed.connect();
    client.send(request('/head-first?ms=300'));
    await client.until('first');
    doomed.kill();
    expect(await client.closed).toMatch(/keep-alive[^]*last/);
    const report = await doomed.untilMessage('shutdown complete');
    expect(report['close_ms']).toBeLessThan(20_000);
  });

  it('delivers the whole of a large response to a slow client', async () => {
    const doomed = await Doomed.start({ delayMs: 0, closeTimeoutMs: 20_000 });
    const bytes = 40_000_000;
    const client = await doomed.connect();
    client.pause();
    client.send(request(`/large?bytes=${bytes}`));
    await doomed.get('/fast');
    doomed.kill();
    await doomed.untilRefused();
    client.resume();
    const received = await client.closed;
    expect(received.length - received.indexOf('\r\n\r\n') - 4).toBe(bytes);
    expect(await doomed.ended).toMatchObject({ code: 0 });
  });

  it('answers all of a pipeline, and closes after its last response alone', async () => {
    const doomed = await Doomed.start({ delayMs: 4000 });
    const client = await doomed.connect();
    doomed.kill();
    await doomed.untilMessage('shutdown begins');
    client.send([request('/slow?ms=40'), request('/fast?n=2'), request('/fast?n=3')].join(''));
    const received = await client.closed;
    expect(received.match(/^(slow|fast \d)|^connection: [\w-]+/gim)).toEqual([
      'Connection: keep-alive',
      'slow',
      'Connection: keep-alive',
      'fast 2',
      'Connection: close',
      'fast 3',
    ]);
    await doomed.ended;
    expect(doomed.counts()).toMatchObject({ served: 3, cut: 0 });
  });

  it('ends an event stream, whoever still writes to it', async () => {
    const doomed = await Doomed.start({ delayMs: 0 });
    const client = await doomed.connect();
    client.send(request('/events'));
    await client.until('data: tick');
    doomed.kill();
    expect(await client.closed).toMatch(/0\r\n\r\n$/);
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.stderr).toBe('');
    expect(doomed.counts()).toMatchObject({ served: 1, cut: 0 });
  });

  it('ends an upgraded socket once it has said goodbye', async () => {
    const doomed = await Doomed.start({ delayMs: 0 });
    const client = await doomed.connect();
    client.send(upgrade);
    await client.until('101');
    doomed.kill();
    expect(await client.closed).toMatch(/goodbye$/);
    expect(await doomed.ended).toMatchObject({ code: 0 });
    expect(doomed.counts()).toMatchObject({ socketsEnded: 1, socketsCut: 0, cut: 0 });
  });

  it.each([
    ['tells a WebSocket 1001, going away', 'websocket', '\ufffd\u0002\u0003\ufffd'],
    ['ends any other upgraded socket without a word', 'echo', '\r\n\r\n'],
  ])('%s, when the application says nothing', async (_, protocol, lastWords) => {
    const doomed = await Doomed.start({ delayMs: 0, scenario: 'no goodbye' });
    const client = await doomed.connect();
    client.send(upgrade.replace('echo', protocol));
    await client.until('Connection: Upgrade\r\n\r\n');
    doomed.kill();
    const received = await client.closed;
    expect(received.slice(received.indexOf('Connection: Upgrade') + 19)).toMatch(
      new RegExp(`^(\r\n\r\n)?${lastWords}$`),
    );
    expect(await doomed.ended).toMatchObject({ code: 0 });
  });

  it('cuts what hangs when its time is up, and counts it', async () => {
    const doomed = await Doomed.start({ delayMs: 0, closeTimeoutMs: 200 });
    const client = await doomed.connect();
    client.send(request('/hang'));
    await doomed.untilSaid('hanging');
    doomed.kill();
    expect(await client.closed).toBe('');
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.counts()).toMatchObject({ served: 0, cut: 1 });
  });

  it('cuts an upgraded socket that does not end', async () => {
    const doomed = await Doomed.start({ delayMs: 0, closeTimeoutMs: 200, scenario: 'stubborn socket' });
    const client = await doomed.connect({ allowHalfOpen: true });
    client.send(upgrade);
    await client.until('101');
    doomed.kill();
    expect(await doomed.ended).toMatchObject({ code: 0 });
    expect(doomed.counts()).toMatchObject({ socketsEnded: 0, socketsCut: 1 });
  });

  it('runs its hooks in order once no request is under way, and outlives those that fail and hang', async () => {
    const hooks = [
      ['pool', 'fail', 100],
      ['queue', 'hang', 100],
      ['cache', 'done', 100],
    ];
    const doomed = await Doomed.start({ delayMs: 0, hooks });
    const answer = doomed.get('/slow?ms=100');
    await doomed.get('/fast');
    doomed.kill();
    expect(await answer).toMatchObject({ status: 200 });
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    const told = doomed.lines.map(({ msg, hook, say }) => [msg ?? say, hook].filter(Boolean).join(' '));
    expect(told.slice(1, 6)).toEqual([
      'shutdown begins',
      'shutdown hook failed pool',
      'shutdown hook timed out queue',
      'hook ran',
      'shutdown complete',
    ]);
  });

  it('ends with the exit code it was told', async () => {
    const doomed = await Doomed.start({ delayMs: 0, exitCode: 3 });
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 3, signal: null });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once on a second signal: %s', async (signal, code) => {
    const doomed = await Doomed.start({ delayMs: 20_000, gracePeriodMs: 60_000 });
    doomed.kill();
    await doomed.untilMessage('shutdown begins');
    doomed.kill(signal);
    expect(await doomed.ended).toEqual({ code, signal: null });
    expect(doomed.counts().served).toBeUndefined();
  });

  it('ends with code 1 when something is thrown on the way', async () => {
    const doomed = await Doomed.start({
      delayMs: 0,
      hooks: [
        ['crash', 'crash', 100],
        ['next', 'hang', 10_000],
      ],
    });
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 1, signal: null });
  });

  it.each([
    ['kept alive', 'Timeout'],
    ['another server', 'TCPServerWrap'],
  ])('says what keeps the process alive, and ends it: %s', async (scenario, resource) => {
    const doomed = await Doomed.start({ delayMs: 0, scenario });
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.lines.at(-1)).toMatchObject({ level: 'warn', logger: 'shutdown', resources: [resource] });
  });

  it('says nothing of the kind when the process ends by itself', async () => {
    const doomed = await Doomed.start({ delayMs: 0 });
    doomed.kill();
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.lines.at(-1)).toMatchObject({ level: 'info', msg: 'shutdown complete' });
  });

  it('leaves signals alone once its server was closed otherwise', async () => {
    const doomed = await Doomed.start({ delayMs: 0, scenario: 'closed otherwise' });
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
    expect(doomed.lines).toHaveLength(1);
  });

  it('reports when it is shut down by hand, and leaves the end to whoever did it', async () => {
    const doomed = await Doomed.start({ delayMs: 0, scenario: 'by hand' });
    doomed.kill('SIGUSR2');
    const { say: report } = await doomed.until(({ say }) => typeof say === 'object');
    expect(report).toMatchObject({
      reason: 'told so',
      requests: { served: 0, cut: 0 },
      sockets: { ended: 0, cut: 0 },
      hooks: [],
      keptAliveBy: [],
    });
    // What SIGTERM does without a listener.
    expect(await doomed.ended).toEqual({ code: 0, signal: null });
  });

  it('takes the delay from the environment', async () => {
    const env = { THROUGHLINE_SHUTDOWN_DELAY_MS: '7', THROUGHLINE_GRACE_PERIOD_MS: 'soon' };
    const doomed = await Doomed.start({}, undefined, env);
    doomed.kill();
    expect(await doomed.untilMessage('shutdown begins')).toMatchObject({ delay_ms: 7 });
    expect(doomed.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { msg: 'THROUGHLINE_GRACE_PERIOD_MS must be a whole number of milliseconds, got "soon"; it is ignored' },
    ]);
    await doomed.ended;
  });
});
