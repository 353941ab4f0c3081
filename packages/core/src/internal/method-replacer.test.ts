import { describe, expect, it } from 'vitest';
import { createMethodReplacer } from './method-replacer.js';

type Say = (this: unknown) => string;

/** A replacer, and how many methods it has made. */
function counted(): { replaceIn: (holder: { say: Say }) => void; made: () => number } {
  let made = 0;
  const replaceIn = createMethodReplacer('say', (say: Say): Say => {
    made++;
    return function replaced() {
      return `${say.call(this)}!`;
    };
  });
  return { replaceIn, made: () => made };
}

class Speaker {
  say(): string {
    return 'hello';
  }
}

describe('a method replacer', () => {
  it('calls the method it replaced', () => {
    const { replaceIn } = counted();
    const speaker = new Speaker();
    replaceIn(speaker);
    expect(speaker.say()).toBe('hello!');
  });

  it('makes one method for all objects that had the same one', () => {
    const { replaceIn, made } = counted();
    for (let index = 0; index < 3; index++) replaceIn(new Speaker());
    expect(made()).toBe(1);
  });

  it('leaves an object alone that inherits the replacement', () => {
    const { replaceIn } = counted();
    const prototype = new Speaker();
    replaceIn(prototype);
    const speaker = Object.create(prototype) as Speaker;
    replaceIn(speaker);
    expect(speaker.say()).toBe('hello!');
    expect(Object.hasOwn(speaker, 'say')).toBe(false);
  });

  it('replaces one that somebody else has put on the object meanwhile', () => {
    const { replaceIn } = counted();
    const speaker = new Speaker();
    replaceIn(speaker);
    speaker.say = () => 'goodbye';
    replaceIn(speaker);
    expect(speaker.say()).toBe('goodbye!');
  });
});
