import { describe, expect, it } from 'vitest';
import { createRedactor } from '../internal/redact.js';
import { createStackCleaner } from './known-frames.js';
import { createScrub } from './scrub.js';

const scrub = createScrub(createRedactor());
const frames = '\n    at run (src/orders.ts:7:9)\n    at async Promise.all (index 0)\n    at new Shop (native)';

/** Stacks cleaned one after the other, and how many characters were looked through for each. */
function clean(...stacks: string[]): { texts: string[]; locations: unknown[]; lengths: number[] } {
  let length = 0;
  const cleanStack = createStackCleaner((text) => ((length += text.length), scrub(text)));
  const lengths: number[] = [];
  const results = stacks.map((stack) => {
    length = 0;
    const result = cleanStack(stack);
    lengths.push(length);
    return result;
  });
  return { texts: results.map(({ text }) => text), locations: results.map(({ location }) => location), lengths };
}

describe('known frames', () => {
  it('are looked through once, each message always', () => {
    const { texts, locations, lengths } = clean(`Error: first${frames}`, `Error: of ada@example.com${frames}`);
    expect(texts).toEqual([`Error: first${frames}`, `Error: of [E-mail]${frames}`]);
    expect(locations).toEqual(Array(2).fill({ file: 'src/orders.ts', line: 7, function: 'run' }));
    expect(lengths[1]).toBe('Error: of ada@example.com'.length);
  });

  it('are told from others that are hardly different', () => {
    const other = frames.replace(':7:', ':8:');
    const { texts } = clean(`a${frames}`, `b${other}`, `c${frames}`);
    expect(texts).toEqual([`a${frames}`, `b${other}`, `c${frames}`]);
  });

  it('are cleaned themselves', () => {
    const path = '\n    at f (https://x.example/a.js?token=canary:1:2)';
    expect(clean(`a${path}`, `b${path}`).texts.join()).not.toContain('canary');
  });

  it('are nothing but frames: a secret that begins above them is hidden to its end', () => {
    for (const secret of ['\n    at home, canary"', `\n    at home (a.ts:1:2)\ncanary"${frames}`]) {
      const stack = `Error: {"password":"abc${secret}`;
      expect(clean(stack, stack).texts.join()).not.toContain('canary');
    }
  });

  it('are forgotten when there are too many, and found again', () => {
    const stacks = Array.from({ length: 1_000 }, (_, index) => `Error: x\n    at f${index} (a.ts:${index}:1)`);
    expect(clean(...stacks, ...stacks).texts).toEqual([...stacks, ...stacks]);
  });
});
