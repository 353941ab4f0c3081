/** Kafka stub: answers the handshake, the login and a metadata request to the real kafkajs; Debian has no Kafka. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface KafkaStub {
  readonly port: number;
  /** Brokers it says there are, each by its port on the loopback address. */
  brokers: number[];
  stop(): void;
}

/** https://kafka.apache.org/protocol.html#protocol_api_keys */
const apiKeys = { metadata: 3, saslHandshake: 17, apiVersions: 18, saslAuthenticate: 36 };
const saslAuthenticationFailed = 58;

/** Listens on a free port and knows one user with this password, of the mechanism PLAIN. */
export async function startKafkaStub(password: string): Promise<KafkaStub> {
  const stub: KafkaStub = { port: 0, brokers: [], stop: () => void server.close() };
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const request = received.subarray(4, 4 + received.readInt32BE(0));
        received = received.subarray(4 + request.length);
        const response = Buffer.concat([request.subarray(4, 8), answer(request, stub.brokers, password)]);
        socket.write(Buffer.concat([int32(response.length), response]));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(stub, { port: (server.address() as AddressInfo).port });
}

/** A request is its key, its version, a number that the response repeats, the client's name, and the question. */
function answer(request: Buffer, brokers: readonly number[], password: string): Buffer {
  switch (request.readInt16BE(0)) {
    case apiKeys.apiVersions: {
      const versions = Object.values(apiKeys).map((key) => Buffer.concat([int16(key), int16(0), int16(0)]));
      const throttled = request.readInt16BE(2) === 0 ? [] : [int32(0)];
      return Buffer.concat([int16(0), list(versions), ...throttled]);
    }
    case apiKeys.saslHandshake:
      return Buffer.concat([int16(0), list([text('PLAIN')])]);
    case apiKeys.saslAuthenticate: {
      const isRight = request.toString('latin1').endsWith(`\0${password}`);
      return Buffer.concat([int16(isRight ? 0 : saslAuthenticationFailed), text('as you say'), int32(0)]);
    }
    default: {
      const known = brokers.map((port, id) => Buffer.concat([int32(id), text('127.0.0.1'), int32(port)]));
      return Buffer.concat([list(known), list([])]);
    }
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const list = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);
