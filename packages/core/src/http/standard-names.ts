/** Standard names: the fields of a line as the Elastic Common Schema and OpenTelemetry call them. */
import { displacedName } from '../log/field-texts.js';
import { joinMembers, type Member, membersOf } from '../log/line-members.js';

/** A name, and the JSON text of the value where that is another too. */
type Naming = string | ((text: string) => readonly Member[]);

/** https://www.elastic.co/docs/reference/ecs, with the first four as https://github.com/elastic/ecs-logging/tree/main/spec has them. */
const ecsNames: ReadonlyMap<string, Naming> = new Map<string, Naming>([
  ['time', '@timestamp'],
  ['level', 'log.level'],
  ['msg', 'message'],
  ['logger', 'log.logger'],
  ['service', 'service.name'],
  ['env', 'service.environment'],
  ['version', 'service.version'],
  ['request_id', 'http.request.id'],
  ['method', 'http.request.method'],
  ['path', 'url.path'],
  ['user_id', 'user.id'],
  ['trace_id', 'trace.id'],
  ['span_id', 'span.id'],
  ['route', 'http.route'],
  [
    'status',
    (text) => [
      ['http.response.status_code', text],
      ['event.outcome', Number(text) < 500 ? '"success"' : '"failure"'],
    ],
  ],
  ['duration_ms', (text) => [['event.duration', String(Math.round(Number(text) * 1e6))]]],
  ['bytes', 'http.response.body.bytes'],
  ['client_ip', 'client.ip'],
  ['user_agent', 'user_agent.original'],
  ['err', (text) => errorMembers(text, 'error', 'stack_trace')],
]);

/** https://opentelemetry.io/docs/specs/semconv/http/ and https://opentelemetry.io/docs/specs/semconv/exceptions/. */
const otelNames: ReadonlyMap<string, Naming> = new Map<string, Naming>([
  ['logger', 'otel.scope.name'],
  ['service', 'service.name'],
  ['env', 'deployment.environment.name'],
  ['version', 'service.version'],
  ['method', 'http.request.method'],
  ['path', 'url.path'],
  ['user_id', 'user.id'],
  ['route', 'http.route'],
  ['status', 'http.response.status_code'],
  ['duration_ms', (text) => [['http.server.request.duration', String(Number((Number(text) / 1000).toFixed(6)))]]],
  ['bytes', 'http.response.body.size'],
  ['client_ip', 'client.address'],
  ['user_agent', 'user_agent.original'],
  ['err', (text) => errorMembers(text, 'exception', 'stacktrace')],
]);

/** The version of the schema that the names are from. */
const ecsVersion: Member = ['ecs.version', '"8.11.0"'];

/** A line of ours in the names of the Elastic Common Schema; what has no name there keeps its own. */
export function toEcs(line: string): string {
  const members = rename(line, ecsNames);
  const first = ['@timestamp', 'log.level', 'message'];
  const head = first.flatMap((name) => members.filter(([key]) => key === name));
  return joinMembers([...head, ecsVersion, ...members.filter(([key]) => !first.includes(key))]);
}

/** A line of ours in the names of OpenTelemetry's attributes; time, level, message and trace ids are no attributes and keep theirs. */
export function toOtel(line: string): string {
  return joinMembers(rename(line, otelNames));
}

function rename(line: string, names: ReadonlyMap<string, Naming>): Member[] {
  const members = membersOf(line).map((member) => [member, namedBy(names, member)] as const);
  const ours = new Set(members.flatMap(([, named]) => named ?? []).map(([name]) => name));
  return members.flatMap(([[name, text], named]) => named ?? [[ours.has(name) ? displacedName(name) : name, text]]);
}

function namedBy(names: ReadonlyMap<string, Naming>, [name, text]: Member): readonly Member[] | undefined {
  const naming = names.get(name);
  return typeof naming === 'string' ? [[naming, text]] : naming?.(text);
}

/** Type, message and stack under the standard's names, all else of the error below its prefix. */
function errorMembers(text: string, prefix: string, stackName: string): Member[] {
  if (!text.startsWith('{')) return [[`${prefix}.message`, text]];
  return membersOf(text).map(([name, value]) => [`${prefix}.${name === 'stack' ? stackName : name}`, value]);
}
