/** Scope fields: what a context puts on every line, made once per change of the context. */
import { toUser } from '../context/current.js';
import { type ContextScope, noFields, type UserContext } from '../context/request-context.js';
import type { Redactor } from '../internal/redact.js';
import { displace, type FieldTexts, joinTexts, noTexts, quote, setText } from './field-texts.js';
import { redactFields } from './logger-bindings.js';

export interface ScopeFieldsOptions {
  redactor: Redactor;
  /** Names of user fields that are logged beside `user_id`, as `user_NAME`. */
  userFields: readonly string[];
  /** Names that the identity may have; see {@link identityNames}. */
  identityNames: ReadonlySet<string>;
  /** Keys of ours that are on every line, whatever the context. */
  ours: ReadonlySet<string>;
}

/** The names under which ids and the like stand on a line. */
export function identityNames(userFields: readonly string[]): ReadonlySet<string> {
  return new Set(['request_id', 'method', 'path', 'user_id', ...userFields.map((name) => `user_${name}`)]);
}

export class ScopeFields {
  /** What `setContext` and `withContext` gave. */
  readonly fields: FieldTexts;
  readonly joined: string;
  private readonly revision: number;
  private identityTexts: FieldTexts | undefined = undefined;

  private constructor(
    private readonly scope: ContextScope,
    readonly options: ScopeFieldsOptions,
  ) {
    this.revision = scope.unit.revision;
    this.fields = this.givenFields();
    this.joined = joinedIdentity(scope, options.userFields) ?? joinTexts(this.identity);
    if (this.fields.size > 0) this.joined += joinTexts(this.fields);
  }

  /** The fields of the scope, made anew only when the context changed since. */
  static of(scope: ContextScope, options: ScopeFieldsOptions): ScopeFields {
    const last = scope.derived;
    const isFresh = last instanceof ScopeFields && last.options === options && last.revision === scope.unit.revision;
    if (isFresh) return last;
    const made = new ScopeFields(scope, options);
    scope.derived = made;
    return made;
  }

  /** Ids and the like: they are ours, a field of the user's gives way to them. */
  get identity(): FieldTexts {
    this.identityTexts ??= textsOfIdentity(this.scope, this.options);
    return this.identityTexts;
  }

  /** The text of the field of the identity under this name, if there is one; most names are none of it. */
  identityText(name: string): string | undefined {
    return this.options.identityNames.has(name) ? this.identity.get(name) : undefined;
  }

  private givenFields(): FieldTexts {
    const given = this.scope.fields;
    if (given === noFields) return noTexts;
    const { redactor, ours } = this.options;
    const texts = new Map<string, string>();
    for (const [key, value] of Object.entries(redactFields(given, redactor))) setText(texts, key, value);
    return texts.size === 0 ? noTexts : displace(displace(texts, ours), this.identity);
  }
}

/** The identity as most have it, written in one go; `undefined` when more of the user is logged than the id. */
function joinedIdentity({ unit }: ContextScope, userFields: readonly string[]): string | undefined {
  if (userFields.length > 0) return undefined;
  const { requestId, method, path, user } = unit;
  // A request id is safe in JSON, whoever made it.
  let joined = `,"request_id":"${requestId}"`;
  if (method !== undefined) joined += `,"method":${quote(method)}`;
  if (path !== undefined) joined += `,"path":${quote(path)}`;
  const id = idOf(user);
  if (id !== undefined) joined += `,"user_id":${quote(id)}`;
  return joined;
}

function textsOfIdentity({ unit }: ContextScope, { userFields, redactor }: ScopeFieldsOptions): FieldTexts {
  const { requestId, method, path, user } = unit;
  const texts = new Map<string, string>();
  setText(texts, 'request_id', requestId);
  setText(texts, 'method', method);
  setText(texts, 'path', path);
  setText(texts, 'user_id', idOf(user));
  if (!user || userFields.length === 0) return texts;
  const asked = Object.fromEntries(userFields.filter((name) => name !== 'id').map((name) => [name, user[name]]));
  for (const [name, value] of Object.entries(redactFields(asked, redactor))) setText(texts, `user_${name}`, value);
  return texts;
}

/** The id as it stands now: the user is the application's object, which may have changed since it was set. */
function idOf(user: UserContext | undefined): string | undefined {
  return toUser(user)?.id;
}
