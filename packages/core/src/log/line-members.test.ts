import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinMembers, membersOf } from './line-members.js';

it('takes any object apart and puts it together again, character by character', () => {
  const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  fc.assert(
    fc.property(objects, (object) => {
      const text = JSON.stringify(object);
      const members = membersOf(text);
      expect(members.map(([name]) => JSON.parse(name) as unknown)).toEqual(Object.keys(object));
      expect(joinMembers(members)).toBe(`${text}\n`);
    }),
  );
});

it('leaves numbers as they were written, however many digits they have', () => {
  expect(membersOf('{"id":12345678901234567890,"rate":1.0}')).toEqual([
    ['"id"', '12345678901234567890'],
    ['"rate"', '1.0'],
  ]);
});
