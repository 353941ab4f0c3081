/** Links: how the metrics of a cluster's workers and of worker threads come to where they are read. */
import type { Cluster } from 'node:cluster';
import { BroadcastChannel, isMainThread, threadId, type Worker } from 'node:worker_threads';
import { type Message, Telling, unwrapped, wrapped } from './messages.js';
import type { Others } from './others.js';
import type { Reading } from './readable.js';

/** Only here loaded: most applications have no cluster. */
function clusterOf(): Cluster {
  return process.getBuiltinModule('node:cluster') as unknown as Cluster;
}

/** Whether this process is a worker of a cluster. */
export function isClusterWorker(): boolean {
  return isMainThread && clusterOf().isWorker;
}

/** Takes on the workers of this process's cluster, those there are and those to come. */
export function linkWorkers(others: Others): void {
  const cluster = clusterOf();
  const nobody = (): void => undefined;
  cluster.on('message', (worker, received: unknown) => {
    const message = unwrapped(received);
    const id = `worker ${worker.id}`;
    if (message?.kind === 'told') others.receive(id, message);
    if (message?.kind === 'here') others.add(id, (ask) => void worker.send(wrapped(ask), undefined, nobody));
  });
  cluster.on('exit', ({ id }) => others.remove(`worker ${id}`));
  for (const worker of Object.values(cluster.workers ?? {})) worker?.send(wrapped({ kind: 'who' }), undefined, nobody);
}

/** Lets the primary of the cluster read the metrics of this worker. */
export function linkPrimary(read: () => Promise<Reading>): void {
  const { worker } = clusterOf();
  // To a primary that is gone nothing can be said.
  const send = (message: Message): void => void process.send?.(wrapped(message), undefined, undefined, () => undefined);
  const telling = new Telling(read, send);
  const here: Message = { kind: 'here', id: worker?.id ?? 0 };
  process.on('message', (received: unknown) => {
    const message = unwrapped(received);
    if (message?.kind === 'who') send(here);
    if (message?.kind === 'ask' || message?.kind === 'more') telling.take(message);
  });
  send(here);
}

/** All threads of the process are on it, so that it is for short words alone. */
const meetingName = 'throughline/metrics';

/** Of one thread and the main one. */
function channelOf(id: number): BroadcastChannel {
  return new BroadcastChannel(`${meetingName}/${id}`);
}

/** Takes on the worker threads of this process, those there are and those to come. */
export function linkThreads(others: Others): void {
  /** By thread; of one that has ended its number alone, for what it said last may come after its end. */
  const channels = new Map<number, BroadcastChannel | undefined>();
  const meeting = listen(new BroadcastChannel(meetingName), (message) => {
    if (message.kind !== 'here' || channels.has(message.id)) return;
    const name = `thread ${message.id}`;
    const channel = listen(channelOf(message.id), (said) => said.kind === 'told' && others.receive(name, said));
    channels.set(message.id, channel);
    others.add(name, (ask) => channel.postMessage(wrapped(ask)));
  });
  process.on('worker', (worker: Worker) => {
    const id = worker.threadId;
    worker.once('exit', () => {
      channels.get(id)?.close();
      channels.set(id, undefined);
      others.remove(`thread ${id}`);
    });
  });
  meeting.postMessage(wrapped({ kind: 'who' }));
}

/** Lets the main thread read the metrics of this one. */
export function linkMainThread(read: () => Promise<Reading>): void {
  const here = wrapped({ kind: 'here', id: threadId });
  const telling = new Telling(read, (told) => channel.postMessage(wrapped(told)));
  const channel = listen(channelOf(threadId), (message) => {
    if (message.kind === 'ask' || message.kind === 'more') telling.take(message);
  });
  const meeting = listen(new BroadcastChannel(meetingName), ({ kind }) => kind === 'who' && meeting.postMessage(here));
  meeting.postMessage(here);
}

/** Listens without keeping the thread alive. */
function listen(channel: BroadcastChannel, take: (message: Message) => unknown): BroadcastChannel {
  channel.onmessage = (event: unknown) => {
    const message = unwrapped((event as { data?: unknown }).data);
    if (message) take(message);
  };
  channel.unref();
  return channel;
}
