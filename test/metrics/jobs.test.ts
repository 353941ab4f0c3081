/** Jobs: what is counted of work that has a name, and what it cannot do to the metrics. */
import { getContext, runWithContext } from '@throughline/core';
import { expect, it } from 'vitest';
import { moment } from '../contract/moment.js';
import { scrape } from '../contract/scrape.js';
import { startMetered } from './metered.js';

it('a job is counted, timed and told of by queue and name, failed apart from succeeded', async () => {
  const service = await startMetered();
  const job = { name: 'send-mail', queue: 'mail', queuedAt: new Date(Date.now() - 4000) };
  const { reached, reach } = moment();
  const running = runWithContext({ job }, () => reached);
  const series = '{queue="mail",name="send-mail"}';
  expect(await scrape(service, 'jobs_active')).toEqual({ [`jobs_active${series}`]: 1 });
  reach();
  await running;
  expect(() =>
    runWithContext({ job }, () => {
      throw new Error('no server');
    }),
  ).toThrow('no server');
  await expect(runWithContext({ job }, () => Promise.reject(new Error('late')))).rejects.toThrow('late');
  const told = await scrape(service, 'job');
  expect(told).toMatchObject({
    'jobs_total{queue="mail",name="send-mail",outcome="succeeded"}': 1,
    'jobs_total{queue="mail",name="send-mail",outcome="failed"}': 2,
    'job_duration_seconds_count{queue="mail",name="send-mail",outcome="failed"}': 2,
    'job_wait_seconds_bucket{queue="mail",name="send-mail",le="1"}': 0,
    'job_wait_seconds_bucket{queue="mail",name="send-mail",le="5"}': 3,
    [`jobs_active${series}`]: 0,
  });
  expect(Date.now() / 1000 - (told[`job_last_success_timestamp_seconds${series}`] ?? 0)).toBeLessThan(60);
});

it('a job that never succeeded has no moment of success', async () => {
  const service = await startMetered();
  const failing = (): Promise<unknown> =>
    runWithContext({ job: { name: 'nightly' } }, () => Promise.reject(new Error('no')));
  await expect(failing()).rejects.toThrow('no');
  expect(await scrape(service, 'job_last_success')).toEqual({});
});

it('a job is what it was called to the code that runs in it, and gives back what that gave', async () => {
  await startMetered();
  const kinds = runWithContext({ job: { name: 'nightly' } }, () => getContext()?.kind);
  expect(kinds).toBe('job');
  expect(await runWithContext({ job: { name: 'nightly' } }, () => Promise.resolve(7))).toBe(7);
});

it('a job has no name where none was given, no queue and no wait, and is none where it was called something else', async () => {
  const service = await startMetered();
  runWithContext({ kind: 'job' }, () => {});
  runWithContext({ kind: 'task' }, () => {});
  runWithContext({}, () => {});
  expect(await scrape(service, 'jobs_total')).toEqual({
    'jobs_total{queue="",name="unnamed",outcome="succeeded"}': 1,
  });
  expect(await scrape(service, 'job_wait_seconds')).toEqual({});
});

it('a job is counted under the beginning of its name and of its queue when they are long', async () => {
  const service = await startMetered();
  runWithContext({ job: { name: 'n'.repeat(100_000), queue: 'q'.repeat(100_000) } }, () => {});
  const series = `queue="${'q'.repeat(128)}",name="${'n'.repeat(128)}"`;
  expect(await scrape(service, 'jobs_')).toMatchObject({
    [`jobs_total{${series},outcome="succeeded"}`]: 1,
    [`jobs_active{${series}}`]: 0,
  });
});

it('a job gives its trace as exemplar', async () => {
  const service = await startMetered();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  runWithContext({ job: { name: 'nightly' }, traceparent }, () => {});
  const accept = 'application/openmetrics-text';
  const { body } = await service.send({ path: '/metrics', headers: { accept } });
  expect(body).toMatch(/^job_duration_seconds_bucket\{.*\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"/m);
});

it('a job is counted in one series for all when there are too many names, and one warning for each metric tells of it', async () => {
  const service = await startMetered({ maxSeries: 3 });
  const queuedAt = new Date();
  for (let at = 0; at < 10; at++) runWithContext({ job: { name: `tenant-${at}`, queuedAt } }, () => {});
  expect(await scrape(service, 'jobs_total{overflow')).toEqual({ 'jobs_total{overflow="true"}': 7 });
  expect(await scrape(service, 'jobs_active{overflow')).toEqual({ 'jobs_active{overflow="true"}': 0 });
  expect(Object.keys(await scrape(service, 'job_wait_seconds_count'))).toHaveLength(4);
  const { lines } = await service.finish();
  const warnings = lines.filter(({ msg }) => msg.includes('label sets')).map(({ msg }) => msg.split(' ', 1)[0]);
  expect(warnings).toEqual(['job_wait_seconds', 'job_duration_seconds']);
});
