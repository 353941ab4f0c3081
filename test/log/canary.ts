/** Canary: a secret hidden anywhere in a random structure, under a name or in a place that tells what it is. */
import { inspect } from 'node:util';
import fc from 'fast-check';

export const canary = 'c4n4ry';

/** What stands beside it and has to come through, or else nothing is shown by its absence. */
export const witness = 'w1tness';

/** `iban` is a secret by the options of the test, the others are by themselves. */
const secretNames =
  'Authorization set-cookie x-api-key apiKey access_token PASSWORD client_secret refreshToken cookie private_key ' +
  'cardNumber ssn newPassword2 proxy-authorization connect.sid iban';

const secretName = fc.constantFrom(...secretNames.split(' '));

/** Headers that nobody has heard of may hold anything. */
const headerName = fc.oneof(secretName, fc.constantFrom('x-internal-caller', 'X-Amz-Security', 'x-vault'));

class Account {
  constructor(
    readonly password: string,
    readonly name: string,
  ) {}
}

class Sealed {
  readonly #content: object;

  constructor(content: object) {
    this.#content = content;
  }

  toJSON(): object {
    return this.#content;
  }
}

const objects = secretName.chain((name) =>
  fc.constantFrom<unknown>(
    { [name]: canary, beside: witness },
    { [name]: { nested: [canary] } },
    { [name.toUpperCase()]: [canary] },
    new Map([[name, canary]]),
    new Sealed({ [name]: canary, beside: witness }),
    new Account(canary, witness),
    Object.defineProperty({}, name, { enumerable: true, get: () => canary }),
    new URLSearchParams({ [name]: canary, page: witness }),
  ),
);

const headers = headerName.chain((name) =>
  fc.constantFrom<unknown>(
    { headers: { [name]: canary, host: witness } },
    { requestHeaders: new Headers({ [name]: canary, host: witness }) },
    { response_headers: new Map([[name, canary]]) },
    { headers: [[name, canary] as const, ['host', witness] as const] },
    new Headers({ [name]: canary }),
  ),
);

const texts = secretName.map((name) => [
  `https://ada:${canary}@${witness}.example/x`,
  `/reset?page=${witness}&${name}=${canary}#end`,
  `${name}=${canary}; page=${witness}`,
  JSON.stringify({ beside: witness, [name]: canary }),
  JSON.stringify({ inner: JSON.stringify({ [name]: canary }) }),
  inspect({ [name]: canary }),
]);

const text = texts.chain((list) => fc.constantFrom(...list));

const errors = fc
  .tuple(text, objects, headers)
  .chain(([message, object, config]) =>
    fc.constantFrom<Error>(
      new Error(message),
      Object.assign(new TypeError('refused'), { config, code: message }),
      Object.assign(new Error('refused', { cause: object }), { url: message }),
      new AggregateError([new Error(message), object, config], 'several'),
    ),
  );

/** A structure with a canary somewhere in it. */
export const hiding: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(objects, headers, text, errors),
    fc.dictionary(fc.string(), tie('node'), { minKeys: 1, maxKeys: 3 }),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    tie('node').map((node) => new Map([['plain', node]])),
    tie('node').map((node) => new Set([node])),
    tie('node').map((node) => new Sealed({ node })),
    tie('node').map((node) => Object.assign(new Error('broken', { cause: node }), { response: { data: node } })),
  ),
})).node;
