import { describe, expect, it } from 'vitest';
import { requireFunctionOr } from './options.js';

describe('a value that is no function', () => {
  it.each([
    [[], 'user must be a function, got 42'],
    [['always', 'never'], "user must be 'always', 'never' or a function, got 42"],
  ])('is refused with what would be accepted beside %j', (words, message) => {
    expect(() => requireFunctionOr('user', 42, words)).toThrow(message);
  });
});
