/** Standard names: the fields of a line as the Elastic Common Schema and OpenTelemetry call them. */
import { displacedName } from '../log/field-texts.js';
import { joinMembers, type Member, membersOf } from '../log/line-members.js';

/** A name, or the members that a value becomes, where that is another too. */
type Naming = string | ((text: string) => Member[]);

/** What the fields of a line are called by a standard. */
class Standard {
  /** By our name, as it stands on a line. */
  private readonly names = new Map<string, Naming>();
  private readonly theirs = new Set<string>();

  /** @param errorPrefix Below which everything of the error has its name. */
  constructor(
    names: Readonly<Record<string, Naming>>,
    others: readonly string[],
    private readonly errorPrefix: string,
    private readonly stackName: string,
  ) {
    for (const [name, naming] of Object.entries(names)) {
      this.names.set(quoted(name), typeof naming === 'string' ? quoted(naming) : naming);
      if (typeof naming === 'string') this.theirs.add(quoted(naming));
    }
    for (const name of others) this.theirs.add(quoted(name));
    this.names.set('"err"', (text) => this.errorMembers(text));
  }

  /** The members of a line of ours under the standard's names; a field of the user's that has one of them gives way. */
  rename(line: string): Member[] {
    const renamed: Member[] = [];
    for (const member of membersOf(line)) {
      const [name, text] = member;
      const naming = this.names.get(name);
      if (naming === undefined) renamed.push(this.isTheirs(name) ? [`"${displacedName(name.slice(1))}`, text] : member);
      else if (typeof naming === 'string') renamed.push([naming, text]);
      else renamed.push(...naming(text));
    }
    return eachOnce(renamed);
  }

  private isTheirs(name: string): boolean {
    return this.theirs.has(name) || name.startsWith(`"${this.errorPrefix}.`);
  }

  private errorMembers(text: string): Member[] {
    const prefix = `"${this.errorPrefix}.`;
    if (!text.startsWith('{')) return [[`${prefix}message"`, text]];
    return membersOf(text).map(([name, value]) => [
      prefix + (name === '"stack"' ? `${this.stackName}"` : name.slice(1)),
      value,
    ]);
  }
}

/** The members with another name for one whose own stands on the line already, as what gives way to us may. */
function eachOnce(members: readonly Member[]): Member[] {
  const taken = new Set<string>();
  return members.map(([name, text]) => {
    let free = name;
    while (taken.has(free)) free = `"${displacedName(free.slice(1))}`;
    taken.add(free);
    return [free, text];
  });
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

/** https://www.elastic.co/docs/reference/ecs; the first three as https://github.com/elastic/ecs-logging/tree/main/spec has them. */
const ecs = new Standard(
  {
    time: '@timestamp',
    level: 'log.level',
    msg: 'message',
    logger: 'log.logger',
    service: 'service.name',
    env: 'service.environment',
    version: 'service.version',
    request_id: 'http.request.id',
    method: 'http.request.method',
    path: 'url.path',
    user_id: 'user.id',
    trace_id: 'trace.id',
    span_id: 'span.id',
    route: 'http.route',
    status: (text) => [
      ['"http.response.status_code"', text],
      ['"event.outcome"', Number(text) < 500 ? '"success"' : '"failure"'],
    ],
    duration_ms: (text) => [['"event.duration"', String(Math.round(Number(text) * 1e6))]],
    bytes: 'http.response.body.bytes',
    client_ip: 'client.ip',
    user_agent: 'user_agent.original',
  },
  ['ecs.version', 'http.response.status_code', 'event.outcome', 'event.duration'],
  'error',
  'stack_trace',
);

/** https://opentelemetry.io/docs/specs/semconv/http/ and https://opentelemetry.io/docs/specs/semconv/exceptions/. */
const otel = new Standard(
  {
    logger: 'otel.scope.name',
    service: 'service.name',
    env: 'deployment.environment.name',
    version: 'service.version',
    method: 'http.request.method',
    path: 'url.path',
    user_id: 'user.id',
    route: 'http.route',
    status: 'http.response.status_code',
    duration_ms: (text) => [['"http.server.request.duration"', String(Number((Number(text) / 1000).toFixed(6)))]],
    bytes: 'http.response.body.size',
    client_ip: 'client.address',
    user_agent: 'user_agent.original',
  },
  ['http.server.request.duration'],
  'exception',
  'stacktrace',
);

/** The version of the schema that the names are from. */
const ecsVersion: Member = ['"ecs.version"', '"8.11.0"'];

const ecsFirst = ['"@timestamp"', '"log.level"', '"message"'];

/** A line of ours in the names of the Elastic Common Schema; what has no name there keeps its own. */
export function toEcs(line: string): string {
  const first: Member[] = [];
  const others: Member[] = [ecsVersion];
  for (const member of ecs.rename(line)) {
    const place = ecsFirst.indexOf(member[0]);
    if (place === -1) others.push(member);
    else first[place] = member;
  }
  return joinMembers([...first.filter(Boolean), ...others]);
}

/** A line of ours in the names of OpenTelemetry's attributes; time, level, message and trace ids are no attributes and keep theirs. */
export function toOtel(line: string): string {
  return joinMembers(otel.rename(line));
}
