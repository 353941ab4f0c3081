/** Scope fields: what a context puts on every line, made once per change of the context. */
import type { ContextScope } from '../context/request-context.js';
import type { Redactor } from '../internal/redact.js';
import { displace, type FieldTexts, joinTexts, setText } from './field-texts.js';
import { redactFields } from './logger-bindings.js';

export interface ScopeFieldsOptions {
  redactor: Redactor;
  /** Names of user fields that are logged beside `user_id`, as `user_NAME`. */
  userFields: readonly string[];
  /** Keys of ours that are on every line, whatever the context. */
  ours: ReadonlySet<string>;
}

export class ScopeFields {
  /** Ids and the like: they are ours, a field of the user's gives way to them. */
  readonly identity: FieldTexts;
  /** What `setContext` and `withContext` gave. */
  readonly fields: FieldTexts;
  readonly joined: string;
  private readonly revision: number;

  private constructor(
    scope: ContextScope,
    readonly options: ScopeFieldsOptions,
  ) {
    this.revision = scope.unit.revision;
    this.identity = identityTexts(scope, options.userFields);
    const fields = new Map<string, string>();
    for (const [key, value] of Object.entries(redactFields(scope.fields, options.redactor)))
      setText(fields, key, value);
    this.fields = displace(displace(fields, options.ours), this.identity);
    this.joined = joinTexts(this.identity) + joinTexts(this.fields);
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
}

function identityTexts(scope: ContextScope, userFields: readonly string[]): FieldTexts {
  const { requestId, method, path, user } = scope;
  const texts = new Map<string, string>();
  setText(texts, 'request_id', requestId);
  setText(texts, 'method', method);
  setText(texts, 'path', path);
  setText(texts, 'user_id', user?.id);
  for (const name of userFields) if (name !== 'id') setText(texts, `user_${name}`, user?.[name]);
  return texts;
}
