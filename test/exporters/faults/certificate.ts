/** Certificate: a key and a self-signed certificate, made on the spot, with whatever faults a test asks for. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Names and addresses it stands for. */
  readonly hosts?: readonly string[];
  /** When it begins and ends to be good: the first day of a year. */
  readonly fromYear?: number;
  readonly toYear?: number;
}

/** Makes a certificate that vouches for itself: the subset of X.509 that Node looks at, RFC 5280. */
export function createCertificate(options: CertificateOptions = {}): Certificate {
  const { hosts = ['localhost', '127.0.0.1'], fromYear = 2000, toYear = 2999 } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  // By its name an issuer is looked for, so each has one of its own.
  const name = sequence(tlv(0x31, sequence(objectId('550403'), tlv(0x0c, Buffer.from(randomUUID())))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(newYear(fromYear), newYear(toYear)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(authority(), alternativeNames(hosts))),
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(body, algorithm, signature)),
  };
}

function authority(): Buffer {
  return sequence(objectId('551d13'), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))));
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 4 ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
  );
  return sequence(objectId('551d11'), tlv(0x04, sequence(...names)));
}

function newYear(year: number): Buffer {
  return tlv(0x18, Buffer.from(`${year}0101000000Z`));
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

/** A DER element: tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
