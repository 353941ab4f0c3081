import { describe, expect, it } from 'vitest';
import { createHomeHider, createPathShortener, findLocation } from './stack.js';

const shorten = shortener('/home/ada/shop', '/home/ada');

function shortener(root: string, home: string): (text: string) => string {
  const [relative, hideHome] = [createPathShortener(root), createHomeHider(home)];
  return (text) => hideHome(relative(text));
}

describe('stack', () => {
  it('writes paths relative to the application, and hides the home directory', () => {
    expect(shorten('at a (/home/ada/shop/src/a.js:1:2) at b (file:///home/ada/shop/b.js:1:2)')).toBe(
      'at a (src/a.js:1:2) at b (b.js:1:2)',
    );
    expect(shorten('at c (/home/ada/.nvm/lib/c.js:1:2)')).toBe('at c (~/.nvm/lib/c.js:1:2)');
  });

  it('leaves texts alone when the application lies at the root, or nothing is known', () => {
    expect(shortener('/', '')('at a (/src/a.js:1:2)')).toBe('at a (/src/a.js:1:2)');
  });

  it('hides a home directory that ends the path, and takes no other path for one', () => {
    expect(shorten("scandir '/home/ada'")).toBe("scandir '~'");
    for (const text of ['/home/adam/a.js', 'https://cdn.example/home/ada/shop/a.js', 'x/home/ada/shop/b.js'])
      expect(shorten(text)).toBe(text);
  });

  it('writes Windows paths relative too', () => {
    expect(shortener('C:\\shop', 'C:\\Users\\ada')('at a (C:\\shop\\a.js:1:2)')).toBe('at a (a.js:1:2)');
  });

  it('finds the first frame of the application', () => {
    const stack = [
      'TypeError: x is not a function',
      '    at node:internal/process/task_queues:95:5',
      '    at Layer.handle (node_modules/router/lib/layer.js:152:17)',
      '    at async Order.place [as run] (src/orders.ts:42:7)',
      '    at src/server.ts:9:1',
    ];
    expect(findLocation(stack.join('\n'))).toEqual({
      file: 'src/orders.ts',
      line: 42,
      function: 'async Order.place [as run]',
    });
    expect(findLocation(stack.slice(4).join('\n'))).toEqual({ file: 'src/server.ts', line: 9 });
    expect(findLocation(stack.slice(0, 3).join('\n'))).toBeUndefined();
    expect(findLocation('')).toBeUndefined();
  });

  it('reads Windows frames', () => {
    expect(findLocation('    at run (C:\\shop\\a.js:3:2)')).toEqual({
      file: 'C:\\shop\\a.js',
      line: 3,
      function: 'run',
    });
  });
});
