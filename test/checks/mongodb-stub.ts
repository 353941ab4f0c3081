/** MongoDB stub: answers the handshake, the login and a ping to the real driver; Debian has no MongoDB. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { BSON } from 'mongodb';

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/: four numbers, then flags and the kind of the section. */
const headerBytes = 16;
const sectionAt = 21;
const opMsg = 2013;

/** Listens on a free port and knows one user with this password, of the mechanism PLAIN. */
export async function startMongoStub(password: string): Promise<{ port: number; stop(): void }> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= headerBytes && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        send(socket, message.readInt32LE(4), answer(BSON.deserialize(message.subarray(sectionAt)), password));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
}

/** `undefined` for a command that is never answered. */
function answer(command: BSON.Document, password: string): BSON.Document | undefined {
  const [name] = Object.keys(command);
  switch (name) {
    case 'hello':
      return { ok: 1, helloOk: true, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 25 };
    case 'saslStart': {
      const [, , given] = String(command['payload'].toString('utf8')).split('\0');
      if (given === password) return { ok: 1, conversationId: 1, done: true, payload: new BSON.Binary() };
      return { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
    }
    case 'sleep':
      return undefined;
    case 'ping':
    case 'endSessions':
      return { ok: 1 };
    default:
      return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` };
  }
}

function send(socket: Socket, responseTo: number, document: BSON.Document | undefined): void {
  if (document === undefined) return;
  const header = Buffer.alloc(sectionAt);
  const body = BSON.serialize(document);
  header.writeInt32LE(sectionAt + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opMsg, 12);
  socket.write(Buffer.concat([header, body]));
}
