/** Shop: three services, their databases and a sink for their errors, opened and closed as one. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeArrivedError } from './arrived-error.js';
import { createControl } from './control.js';
import { freePort } from './free-port.js';
import { Postgres } from './postgres.js';
import { RedisServer } from './redis-server.js';
import { type Environment, type Print, ServiceProcess } from './service-process.js';
import { createSink } from './sink.js';

/** Where everything listens. */
export interface ShopUrls {
  readonly gateway: string;
  readonly inventory: string;
  readonly payments: string;
  readonly control: string;
  readonly sink: string;
}

/** The usual ports, or others where one is taken; any free ones with `PORTS=any`. */
export async function findUrls(): Promise<ShopUrls> {
  const urlAt = async (port: number): Promise<string> =>
    `http://127.0.0.1:${await freePort(process.env['PORTS'] === 'any' ? 0 : port)}`;
  return {
    gateway: await urlAt(3000),
    inventory: await urlAt(3001),
    payments: await urlAt(3002),
    control: await urlAt(3003),
    sink: await urlAt(5080),
  };
}

export class Shop {
  /** What is open, each with the way to close it. */
  private readonly closers: (() => unknown)[] = [];
  /** Redis comes with no package of npm's: where it is not installed, orders are not limited. */
  readonly hasRedis = RedisServer.isInstalled();

  constructor(
    readonly urls: ShopUrls,
    private readonly print: Print,
  ) {}

  /** Opens everything, in the order in which one part needs the other. When it fails, `close()` what was opened. */
  async open(): Promise<void> {
    const { gateway, inventory, payments, control, sink } = this.urls;
    const show = (line: string): void => this.print('sink', line);
    await this.listen(
      createSink((error) => describeArrivedError(error).forEach(show)),
      sink,
    );
    const folder = await this.makeFolder();
    const postgres = await this.openPostgres(folder);
    const redis = this.hasRedis ? await this.openRedis(folder) : undefined;
    await this.listen(createControl({ postgres, redis }), control);

    const database = { DATABASE_URL: postgres.url };
    const openObserve = { LOGS_BASE_URL: sink, LOGS_KEY: 'shop:sink-key', LOGS_STREAM_NAME: 'shop' };
    const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: sink, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    const behind = [
      this.serve('inventory', inventory, { ...database, ...openObserve }),
      this.serve('payments', payments, otlp),
    ];
    const calls = { INVENTORY_URL: inventory, PAYMENTS_URL: payments };
    const limits = redis && { REDIS_URL: redis.url };
    const edge = this.serve('gateway', gateway, { ...database, ...openObserve, ...calls, ...limits });
    await Promise.all(behind.map((service) => service.ready()));
    await edge.ready();
  }

  /** Closes what is open, the last opened first, so that the services can still send what they have. */
  async close(): Promise<void> {
    for (let close = this.closers.pop(); close; close = this.closers.pop()) await close();
  }

  private async listen(server: Server, url: string): Promise<void> {
    server.listen(Number(new URL(url).port), '127.0.0.1');
    await once(server, 'listening');
    this.closers.push(() => server.close());
  }

  private async makeFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-shop-'));
    this.closers.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  private async openRedis(folder: string): Promise<RedisServer> {
    const redis = new RedisServer(folder, await freePort(0));
    this.closers.push(() => redis.stop());
    await redis.start();
    return redis;
  }

  private async openPostgres(folder: string): Promise<Postgres> {
    const postgres = await Postgres.create(folder, await freePort(0));
    this.closers.push(() => postgres.stop());
    await postgres.start();
    return postgres;
  }

  private serve(name: string, url: string, environment: Environment): ServiceProcess {
    const service = new ServiceProcess(name, url, environment, this.print);
    this.closers.push(() => service.stop());
    return service;
  }
}
