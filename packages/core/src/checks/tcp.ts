/** Health check: a TCP port accepts a connection, and says what it should. */
import { connect } from 'node:net';
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption, requireRange, requireText } from '../internal/options.js';

/** Where to connect, and what the other side should say. */
export interface TcpTarget {
  host: string;
  port: number;
  /** Sent once connected, such as `'version\r\n'`. */
  send?: string;
  /** What the answer has to match, at most its first 4 KiB; left out, a connection is enough. */
  expect?: RegExp;
}

/** An answer that does not match by then will not any more. */
const maxAnswerLength = 4096;

/**
 * Checks that a TCP connection is accepted, over a fresh one that is closed at once. A port can be open although the
 * process behind it hangs: only `expect` sees that.
 *
 * @throws {ConfigError} When the target has no host or port.
 */
export function tcpCheck(target: TcpTarget, options: CheckOptions = {}): HealthCheck {
  const { host, port, send, expect } = target ?? {};
  requireText('tcpCheck.host', host);
  requireRange('tcpCheck.port', port, 1, 65_535);
  if (send !== undefined) requireText('tcpCheck.send', send);
  if (expect !== undefined && !(expect instanceof RegExp)) throw invalidOption('tcpCheck.expect', 'a RegExp', expect);
  return {
    target: `${host}:${port}`,
    ...options,
    probe: (signal) =>
      new Promise<void>((resolve, reject) => {
        let answer = '';
        const socket = connect({ host, port, signal });
        const end = (error?: Error): void => {
          socket.destroy();
          if (error) reject(error);
          else resolve();
        };
        const fail = (): void =>
          end(new CheckError(answer === '' ? 'DISCONNECTED' : 'UNEXPECTED_ANSWER', 'the answer does not match'));
        socket.on('error', end);
        socket.on('end', fail);
        socket.on('connect', () => {
          if (send !== undefined) socket.write(send);
          if (expect === undefined) end();
        });
        socket.on('data', (chunk) => {
          answer += chunk.toString('latin1');
          if (expect && answer.search(expect) !== -1) end();
          else if (answer.length >= maxAnswerLength) fail();
        });
      }),
  };
}
