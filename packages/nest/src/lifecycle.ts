/** Lifecycle: the moments of an application's end at which Nest calls nobody, or calls others first. */
import { type AbstractHttpAdapter, NestApplication } from '@nestjs/core';
import type { Closable } from './application-shutdown.js';

/** What is done around the end of an application, whoever ends it: `close()`, Nest's signal handler, ours. */
export interface End {
  /** Before anything else, `onModuleDestroy` included. */
  begin(): Promise<void>;
  /** After everything else, `onApplicationShutdown` included. */
  finish(): Promise<void>;
}

interface Application extends Closable {
  getHttpAdapter(): AbstractHttpAdapter;
  init(): Promise<unknown>;
  /** The first step of the end in Nest 12. */
  prepareClose?(): Promise<void>;
  /** The first step before. */
  callDestroyHook(): Promise<void>;
  callShutdownHook(signal?: string): Promise<void>;
}

const applications = new WeakMap<AbstractHttpAdapter, Application>();
const ends = new WeakMap<AbstractHttpAdapter, End>();
let areWatched = false;

/**
 * No hook of ours would do: modules are destroyed in an order that differs between Nest 10 and 11, and a pool that one of
 * them ends in `onModuleDestroy` may still be needed by a request.
 */
export function watchApplications(): void {
  if (areWatched) return;
  areWatched = true;
  const prototype = NestApplication.prototype as unknown as Application;
  const first = prototype.prepareClose ? 'prepareClose' : 'callDestroyHook';
  // oxlint-disable-next-line unbound-method -- called with their application as `this` below
  const { init, [first]: begin, callShutdownHook } = prototype;
  prototype.init = function initKnown(this: Application) {
    applications.set(this.getHttpAdapter(), this);
    return init.call(this);
  };
  prototype[first] = async function beginWithoutRequests(this: Application) {
    await ends.get(this.getHttpAdapter())?.begin();
    await begin?.call(this);
  };
  prototype.callShutdownHook = async function finishWithExporters(this: Application, signal) {
    await callShutdownHook.call(this, signal);
    await ends.get(this.getHttpAdapter())?.finish();
  };
}

export function aroundEnd(adapter: AbstractHttpAdapter, end: End): void {
  ends.set(adapter, end);
}

/** The application on this adapter, once it was initialised. */
export function applicationOn(adapter: AbstractHttpAdapter): Closable | undefined {
  return applications.get(adapter);
}
