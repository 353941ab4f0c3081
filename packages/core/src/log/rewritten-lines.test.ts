import pino, { type DestinationStream } from 'pino';
import { expect, it } from 'vitest';
import { prettyStream } from './pretty.js';
import { withRewrittenLines } from './rewritten-lines.js';

function keep(lines: string[]): DestinationStream {
  return { write: (line) => void lines.push(line) };
}

it('writes the rewritten line where the lines of the logger go at the time', () => {
  const lines: string[] = [];
  const logger = withRewrittenLines(pino({}, keep(lines)), () => 'rewritten');
  logger.info('order placed');
  expect(lines).toEqual(['rewritten']);
});

it('reaches those of several streams that take lines of its level', () => {
  const [all, failed]: [string[], string[]] = [[], []];
  const streams = pino.multistream([
    { level: 'info', stream: keep(all) },
    { level: 'error', stream: keep(failed) },
  ]);
  const logger = withRewrittenLines(pino({}, streams), (line) => line);
  logger.error('no box');
  logger.info('order placed');
  expect([all.length, failed.length]).toEqual([2, 1]);
});

it('leaves lines as they are for people', () => {
  const printed: string[] = [];
  const stream = prettyStream({ write: (text) => printed.push(text) });
  if (!stream) throw new Error('pino-pretty is not installed');
  withRewrittenLines(pino({}, stream), () => '{"message":"rewritten"}').info('order placed');
  expect(printed.join('')).toContain('order placed');
});
