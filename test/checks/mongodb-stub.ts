/** MongoDB stub: answers the handshake, the login and a ping to the real driver; Debian has no MongoDB. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { BSON } from 'mongodb';

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/: four numbers, then flags and the kind of the section. */
const headerBytes = 16;
const sectionAt = 21;
const opMsg = 2013;

export interface MongoStub {
  readonly port: number;
  /** How many `{ sleep: 1 }` came so far, which are never answered. */
  readonly sleeping: number;
  stop(): void;
}

/** Listens on a free port and knows one user with this password, of the mechanism PLAIN. */
export async function startMongoStub(password: string): Promise<MongoStub> {
  let sleeping = 0;
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= headerBytes && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        const command = BSON.deserialize(message.subarray(sectionAt));
        if ('sleep' in command) sleeping += 1;
        else send(socket, message.readInt32LE(4), answer(command, password));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get sleeping() {
      return sleeping;
    },
    stop: () => void server.close(),
  };
}

function answer(command: BSON.Document, password: string): BSON.Document {
  const [name] = Object.keys(command);
  switch (name) {
    case 'hello':
      return { ok: 1, helloOk: true, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 25 };
    case 'saslStart': {
      const [, , given] = String(command['payload'].toString('utf8')).split('\0');
      if (given === password) return { ok: 1, conversationId: 1, done: true, payload: new BSON.Binary() };
      return { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' };
    }
    case 'ping':
    case 'endSessions':
      return { ok: 1 };
    default:
      return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` };
  }
}

function send(socket: Socket, responseTo: number, document: BSON.Document): void {
  const header = Buffer.alloc(sectionAt);
  const body = BSON.serialize(document);
  header.writeInt32LE(sectionAt + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opMsg, 12);
  socket.write(Buffer.concat([header, body]));
}
