import { beforeAll, describe, expect, it } from 'vitest';
import { type Ending, ExampleProcess } from './example-process.js';

describe.each(['express', 'koa', 'nest'])('examples/%s', (name) => {
  let answers: { order: Response; failure: Response; failureBody: string; health: Response; healthBody: unknown };
  let ending: Ending;

  beforeAll(async () => {
    const example = await ExampleProcess.start(name);
    const [order, failure] = await Promise.all([
      example.get('/orders/7', { 'x-request-id': 'demo-1' }),
      example.get('/fail', { 'x-request-id': 'demo-2' }),
    ]);
    // A machine that is busy may keep its own check from answering in time.
    let health = await example.get('/api/health');
    while (health.status !== 200) health = await example.get('/api/health');
    answers = { order, failure, failureBody: await failure.text(), health, healthBody: await health.json() };
    ending = await example.stop();
  });

  it('answers with the request id it was called with', () => {
    expect(answers.order.status).toBe(200);
    expect(answers.order.headers.get('x-request-id')).toBe('demo-1');
  });

  it('writes its own line and the access line with that id and the user', () => {
    const lines = ending.lines.filter((line) => line.request_id === 'demo-1');
    expect(lines).toMatchObject([
      { level: 'info', logger: 'orders', msg: 'order read', user_id: '42', order_id: '7' },
      { level: 'info', logger: 'http', msg: 'request completed', user_id: '42', status: 200, path: '/orders/7' },
    ]);
  });

  it('answers a failing route with 500 and its request id, and nothing of the error', () => {
    expect(answers.failure.status).toBe(500);
    expect(answers.failure.headers.get('x-request-id')).toBe('demo-2');
    expect(answers.failureBody).not.toContain('shelf');
  });

  it('writes one line for the failure, with the error', () => {
    const lines = ending.lines.filter((line) => line.request_id === 'demo-2');
    expect(lines).toMatchObject([{ level: 'error', status: 500, err: { message: 'the shelf is empty' } }]);
  });

  it('reports its health', () => {
    expect(answers.health.status).toBe(200);
    expect(answers.healthBody).toMatchObject({ status: 'healthy', disk: 'ok' });
  });

  it('writes nothing but lines, and ends on SIGTERM with exit code 0', () => {
    expect(ending).toMatchObject({ code: 0, stderr: '' });
  });
});
