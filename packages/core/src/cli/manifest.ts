/** Manifest: the pods in it, whatever they are wrapped in, seen as the few fields that probes and a shutdown depend on. */

/** Any value that YAML and JSON have in common. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Fields = { readonly [key: string]: Value };

export interface Pod {
  /** Such as `Deployment/shop`. */
  readonly name: string;
  readonly spec: Fields;
}

/** The pod templates in documents of any kind: deployments, jobs, lists, bare pods. */
export function podsIn(documents: readonly Value[]): Pod[] {
  return documents.flatMap((document) => podsBelow(document, ''));
}

function podsBelow(value: Value, owner: string): Pod[] {
  if (Array.isArray(value)) return value.flatMap((item) => podsBelow(item, owner));
  const fields = fieldsOf(value);
  const { name } = fieldsOf(fields['metadata']);
  const kind = fields['kind'];
  const own = typeof kind === 'string' && kind !== 'List' ? `${kind}/${textOr(name, 'unnamed')}` : owner;
  if (Array.isArray(fields['containers'])) return [{ name: own || 'pod', spec: fields }];
  return Object.values(fields).flatMap((field) =>
    typeof field === 'object' && field !== null ? podsBelow(field, own) : [],
  );
}

export function fieldsOf(value: Value | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** A number, also where YAML has it in quotes; else what counts when the field is left out. */
export function numberOr(value: Value | undefined, missing: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : missing;
}

/** A text as it is; else what counts when there is none. */
export function textOr(value: Value | undefined, missing: string): string {
  return typeof value === 'object' || value === undefined ? missing : String(value);
}
