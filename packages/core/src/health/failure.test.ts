import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CheckError, failureCode, type FailureCode } from './failure.js';

const withCode = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

const examples: [FailureCode, string, unknown][] = [
  ['TIMEOUT', 'a connection that timed out', withCode('ETIMEDOUT')],
  ['TIMEOUT', 'an aborted request', new DOMException('This operation was aborted', 'AbortError')],
  ['TIMEOUT', 'a signal that timed out', new DOMException('The operation timed out', 'TimeoutError')],
  ['TIMEOUT', 'an exhausted pg pool', new Error('timeout exceeded when trying to connect')],
  ['TIMEOUT', 'a statement_timeout of Postgres', withCode('57014', 'canceling statement due to statement timeout')],
  ['TIMEOUT', "ioredis' commandTimeout", new Error('Command timed out')],
  ['REFUSED', 'a closed port', withCode('ECONNREFUSED')],
  ['REFUSED', 'a missing Unix socket', Object.assign(withCode('ENOENT'), { syscall: 'connect' })],
  ['DNS', 'an unknown host', withCode('ENOTFOUND')],
  ['DNS', 'a resolver without answer', withCode('EAI_AGAIN')],
  ['UNREACHABLE', 'a host without a route', withCode('EHOSTUNREACH')],
  ['DISCONNECTED', 'a reset connection', withCode('ECONNRESET')],
  ['DISCONNECTED', 'a Postgres that shuts down', withCode('57P01')],
  ['DISCONNECTED', 'a lost pg connection', new Error('Connection terminated unexpectedly')],
  ['DISCONNECTED', 'a lost ioredis connection', new Error('Connection is closed.')],
  ['DISCONNECTED', 'a closed node-redis client', new Error('The client is closed')],
  ['DISCONNECTED', 'a pool that was ended', new Error('Cannot use a pool after calling end on the pool')],
  ['TLS', 'an expired certificate', withCode('CERT_HAS_EXPIRED')],
  ['TLS', 'a certificate for another host', withCode('ERR_TLS_CERT_ALTNAME_INVALID')],
  ['TLS', 'a self-signed certificate', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
  ['TLS', 'an unknown issuer', withCode('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')],
  ['TLS', 'a Postgres without encryption', new Error('The server does not support SSL connections')],
  ['AUTH', 'a wrong Postgres password', withCode('28P01', 'password authentication failed for user "shop"')],
  ['AUTH', 'a Postgres user without access', withCode('28000')],
  ['AUTH', 'a missing pg password', new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string')],
  ['AUTH', 'a wrong Redis password', new Error('WRONGPASS invalid username-password pair or user is disabled.')],
  ['AUTH', 'a missing Redis password', new Error('NOAUTH Authentication required.')],
  ['AUTH', 'a Redis user without rights', new Error("NOPERM this user has no permissions to run the 'ping' command")],
  ['LOADING', 'a Redis that loads its data', new Error('LOADING Redis is loading the dataset in memory')],
  ['LOADING', 'a Postgres that starts', withCode('57P03', 'the database system is starting up')],
  ['READONLY', 'a Redis replica', new Error("READONLY You can't write against a read only replica.")],
  ['READONLY', 'a Redis that cannot save', new Error('MISCONF Redis is configured to save RDB snapshots')],
  ['READONLY', 'a Postgres standby', withCode('25006')],
  ['OVERLOADED', 'a Postgres without free connections', withCode('53300', 'sorry, too many clients already')],
  ['OVERLOADED', 'a Redis without free connections', new Error('ERR max number of clients reached')],
  ['TIMEOUT', 'a mysql2 query without an answer', withCode('PROTOCOL_SEQUENCE_TIMEOUT', 'Query inactivity timeout')],
  ['TIMEOUT', 'a postgres.js connection that timed out', withCode('CONNECT_TIMEOUT', 'write CONNECT_TIMEOUT db:5432')],
  ['REFUSED', 'a NATS (nats 2) that does not listen', withCode('CONNECTION_REFUSED')],
  ['DISCONNECTED', 'a lost MySQL connection', withCode('PROTOCOL_CONNECTION_LOST')],
  ['DISCONNECTED', 'a MySQL that shuts down', withCode('ER_SERVER_SHUTDOWN')],
  ['DISCONNECTED', 'a mysql2 connection after its end', withCode('PROTOCOL_ENQUEUE_AFTER_QUIT')],
  ['DISCONNECTED', 'a mysql2 pool that was ended', new Error('Pool is closed.')],
  ['DISCONNECTED', 'a lost postgres.js connection', withCode('CONNECTION_CLOSED')],
  ['DISCONNECTED', 'a NATS that reconnects', new Error('connection disconnected')],
  ['DISCONNECTED', 'a NATS (nats 2) that reconnects', withCode('DISCONNECT')],
  ['DISCONNECTED', 'a closed AMQP connection', new Error('Connection closed')],
  ['DISCONNECTED', 'a lost MongoDB connection', new Error('connection 3 to 127.0.0.1:27017 closed')],
  ['DISCONNECTED', 'a closed MongoClient', Object.assign(new Error('?'), { name: 'MongoTopologyClosedError' })],
  ['TIMEOUT', 'a MongoDB that does not answer', new Error('Timed out during socket read (450ms)')],
  ['TLS', 'a MySQL without encryption', withCode('HANDSHAKE_NO_SSL_SUPPORT')],
  ['AUTH', 'a wrong MySQL password', withCode('ER_ACCESS_DENIED_ERROR')],
  ['AUTH', 'a MySQL database without access', withCode('ER_DBACCESS_DENIED_ERROR')],
  ['AUTH', 'a wrong MongoDB password', Object.assign(new Error('?'), { code: 18, codeName: 'AuthenticationFailed' })],
  ['AUTH', 'a wrong NATS password', Object.assign(new Error('?'), { name: 'AuthorizationError' })],
  ['AUTH', 'a wrong NATS (nats 2) password', withCode('AUTHORIZATION_VIOLATION')],
  ['AUTH', 'a wrong Kafka password', Object.assign(new Error('?'), { name: 'KafkaJSSASLAuthenticationError' })],
  ['AUTH', 'a wrong RabbitMQ password', new Error('Handshake terminated by server: 403 (ACCESS-REFUSED)')],
  ['OVERLOADED', 'a MySQL without free connections', withCode('ER_CON_COUNT_ERROR', 'Too many connections')],
  ['OVERLOADED', 'a mysql2 pool that lets nobody wait', new Error('No connections available.')],
  ['OVERLOADED', 'a mysql2 pool with a full queue', new Error('Queue limit reached.')],
  ['HTTP_ERROR', 'an error that brings its own code', withCode('HTTP_ERROR')],
  ['UNEXPECTED_ANSWER', 'a CheckError', new CheckError('UNEXPECTED_ANSWER', 'no PONG')],
  ['EXCEPTION', 'an error of the app', new TypeError('x is not a function')],
  ['EXCEPTION', 'an error with an unknown code', withCode('E_CUSTOM')],
  ['EXCEPTION', 'a missing file', withCode('ENOENT')],
  ['EXCEPTION', 'a thrown string', 'ECONNREFUSED'],
  ['EXCEPTION', 'a thrown undefined', undefined],
  ['EXCEPTION', 'a thrown null', null],
  ['EXCEPTION', 'a thrown number', 7],
];

describe('failureCode', () => {
  it.each(examples)('says %s for %s', (code, _what, thrown) => {
    expect(failureCode(thrown)).toBe(code);
  });

  it('looks inside the AggregateError that Node throws when every address of a host failed', () => {
    expect(failureCode(new AggregateError([new Error('?'), withCode('ECONNREFUSED')]))).toBe('REFUSED');
  });

  it('looks inside the cause that fetch hides the reason in', () => {
    expect(failureCode(new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }))).toBe('DNS');
  });

  it('recognises what a real closed port gives', async () => {
    const error = await new Promise((resolve) => connect({ port: 1, host: 'localhost' }).once('error', resolve));
    expect(failureCode(error)).toBe('REFUSED');
  });

  it('gives up on errors that hold each other in a circle, and looks on beside it', () => {
    const circle = new AggregateError([], 'circle', { cause: withCode('ECONNREFUSED') });
    circle.errors.push(new Error('inside', { cause: circle }));
    expect(failureCode(circle)).toBe('REFUSED');
  });

  it('survives an error whose getters throw', () => {
    const hostile = new Proxy(new Error('no'), {
      get() {
        throw new Error('not even this');
      },
    });
    expect(failureCode(hostile)).toBe('EXCEPTION');
  });
});
