import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml-subset.js';

describe('the YAML subset', () => {
  it.each([
    ["a: 1\nb: two # three\nc: \"x # y\"\nd: 'it''s'", { a: 1, b: 'two', c: 'x # y', d: "it's" }],
    ['a:\n- 1\n- b: 2\n  c:\n    - 3\n- - 4\n  - 5\n', { a: [1, { b: 2, c: [3] }, [4, 5]] }],
    ['a:\n  - \n    b: 1\n  -\n', { a: [{ b: 1 }, null] }],
    [
      'a: { b: [1, "two, three", c d], e: {f: true}, g }',
      { a: { b: [1, 'two, three', 'c d'], e: { f: true }, g: null } },
    ],
    ['a: [1,\n    2]\nb: x', { a: [1, 2], b: 'x' }],
    ['a: |\n  b: c\n\n  # d\ne: >-\n  f\n', { a: 'b: c\n\n# d', e: 'f' }],
    ['a: one\n  two\nb:\nc: ~\n', { a: 'one two', b: null, c: null }],
    ['url: http://a:80/b#c\nprefix.io/key-x: v:1', { url: 'http://a:80/b#c', 'prefix.io/key-x': 'v:1' }],
    ['"a b": 1\n\'c\': -1.5', { 'a b': 1, c: -1.5 }],
    [
      '- name: A\n  value: "1"\n- { name: B, value: \'2\' }',
      [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    ],
    ['__proto__: { a: 1 }', JSON.parse('{"__proto__":{"a":1}}')],
  ])('reads %j', (text, value) => {
    expect(parseYaml(text)).toEqual([value]);
  });

  it('reads several documents, empty ones left out', () => {
    expect(parseYaml('# only this\n---\na: 1\n--- # b\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it.each([
    'a: [1, 2',
    'a: {b: 1',
    'a: "b',
    'a: 1\n    b: 2\n  c: 3\n d: 4',
    '? a\n: b',
    'a: *b',
    '%TAG x\na: !b c',
    'just text: a: b\n- c',
  ])('refuses %j', (text) => {
    expect(() => parseYaml(text)).toThrow(/^line \d+: /);
  });
});
