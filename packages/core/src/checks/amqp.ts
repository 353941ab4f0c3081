/** Health check: an AMQP broker such as RabbitMQ opens a channel. */
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/** The part of an amqplib connection (promise API) that this check uses. */
export interface AmqpConnection {
  createChannel(): PromiseLike<{ close(): PromiseLike<unknown> }>;
  on(event: 'blocked' | 'unblocked', listener: () => void): unknown;
}

/** The part of an amqp-connection-manager that this check uses. */
export interface AmqpManager {
  isConnected(): boolean;
  readonly connection: AmqpConnection | undefined;
}

/**
 * Checks that the broker opens a channel and closes it again, on the connection that the app itself uses; that needs no
 * rights and declares nothing. A broker that blocks publishers, being short of memory or disk, is `READONLY`.
 *
 * @param client The connection, its manager, or a function that gives the connection or a promise of it.
 * @throws {ConfigError} When it is none of these.
 */
export function amqpCheck(
  client: AmqpConnection | AmqpManager | (() => AmqpConnection | undefined | Promise<AmqpConnection | undefined>),
  options: CheckOptions = {},
): HealthCheck {
  if (typeof client !== 'function' && typeof (client as AmqpConnection | undefined)?.createChannel !== 'function')
    throw invalidOption('amqpCheck.client', 'an amqplib connection, or a function that gives it', typeof client);
  const watched = new WeakMap<AmqpConnection, Blocking>();
  return {
    ...options,
    async probe() {
      const connection = await connectionOf(client);
      if (connection === undefined) throw new CheckError('DISCONNECTED', 'there is no AMQP connection at the moment');
      const blocking = watched.get(connection) ?? watchBlocking(connection);
      watched.set(connection, blocking);
      await new Promise<void>((resolve, reject) => {
        blocking.onBlocked = () => reject(new CheckError('READONLY', 'the broker blocks publishers'));
        if (blocking.isBlocked) blocking.onBlocked();
        else openChannel(connection).then(resolve, reject);
      });
    },
  };
}

/** Whether a connection is blocked: RabbitMQ reads nothing from one that has published, so a question would hang. */
interface Blocking {
  isBlocked: boolean;
  onBlocked?: () => void;
}

function watchBlocking(connection: AmqpConnection): Blocking {
  const blocking: Blocking = { isBlocked: false };
  connection.on('blocked', () => {
    blocking.isBlocked = true;
    blocking.onBlocked?.();
  });
  connection.on('unblocked', () => void (blocking.isBlocked = false));
  return blocking;
}

async function openChannel(connection: AmqpConnection): Promise<void> {
  await (await connection.createChannel()).close();
}

function connectionOf(client: Parameters<typeof amqpCheck>[0]): ReturnType<Extract<typeof client, () => unknown>> {
  if (typeof client === 'function') return client();
  if (!('isConnected' in client)) return client;
  return client.isConnected() ? client.connection : undefined;
}
