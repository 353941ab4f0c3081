import type { Server } from 'node:tls';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createCertificate, type Certificate } from './certificate.js';
import { exporterTo, holdStill, Scene } from './scene.js';
import { startWire, store } from './wire.js';

holdStill();

const good = createCertificate();
const trusted = { tls: { ca: good.cert } };

/** Node warns of the variable that would switch verification off. */
beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => {}));

describe('a certificate', () => {
  const faults: [fault: string, certificate: Certificate, code: string][] = [
    ['nobody vouches for', createCertificate(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that has expired', createCertificate({ toYear: 2001 }), 'CERT_HAS_EXPIRED'],
    ['that is not good yet', createCertificate({ fromYear: 2998 }), 'CERT_NOT_YET_VALID'],
    ['of another host', createCertificate({ hosts: ['elsewhere.test'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ];
  it.each(faults)(
    '%s keeps errors at home until it is mended, whatever the environment says',
    async (fault, bad, code) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const wire = await startWire(store, { tls: bad });
      const ca = fault === 'nobody vouches for' ? good.cert : `${good.cert}${bad.cert}`;
      const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, { tls: { ca } }));
      scene.fail(3);
      for (let window = 0; window < 3; window++) await scene.attempt();
      expect(wire.requests).toEqual([]);
      expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 3, lastError: { code } });
      (wire.server as Server).setSecureContext(good);
      await scene.drain();
      expect(scene.status()).toMatchObject({ delivered: 3, queued: 0 });
      expect(wire.ledger).toHaveLength(3);
      expect(scene.problems).toEqual([code, 'RECOVERED']);
    },
  );

  it('of ours is shown to a server that wants to know who we are', async () => {
    const ours = createCertificate({ hosts: ['shop.test'] });
    const tls = { ...good, ca: ours.cert, requestCert: true, rejectUnauthorized: true };
    const wire = await startWire(store, { tls });
    const url = `https://127.0.0.1:${wire.port}`;
    const stranger = new Scene(exporterTo(url, trusted));
    stranger.fail();
    await stranger.attempt();
    expect(stranger.status()).toMatchObject({ state: 'backing-off', queued: 1 });
    const known = new Scene(exporterTo(url, { tls: { ca: good.cert, cert: ours.cert, key: ours.key } }));
    known.fail();
    await known.attempt();
    expect(known.status()).toMatchObject({ delivered: 1 });
  });

  it('that is none keeps errors at home, and shows nothing of a key', async () => {
    const wire = await startWire(store, { tls: good });
    const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, { tls: { cert: 'canary', key: 'canary' } }));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ queued: 1, lastError: { code: 'INVALID_REQUEST' } });
  });
});

describe('a server', () => {
  it('that speaks no TLS newer than 1.1 is sent nothing', async () => {
    const tls = { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const wire = await startWire(store, { tls });
    const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, trusted));
    scene.fail();
    await scene.attempt();
    expect(wire.requests).toEqual([]);
    expect(scene.status()).toMatchObject({
      queued: 1,
      lastError: { code: expect.stringMatching(/^(ERR_SSL|EPROTO|ECONNRESET)/) as string },
    });
  });

  it('that speaks no TLS at all is sent nothing in clear', async () => {
    const wire = await startWire();
    const seen: Buffer[] = [];
    wire.intercept = (socket, received) => {
      seen.push(received);
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
      return true;
    };
    const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, trusted));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 1 });
    expect(Buffer.concat(seen).toString('latin1')).not.toMatch(/POST|uid|authorization/i);
  });

  it('that wants TLS, but is spoken to without, understands nothing', async () => {
    const wire = await startWire(store, { tls: good });
    const scene = new Scene(exporterTo(`http://localhost:${wire.port}`));
    scene.fail();
    await scene.attempt();
    expect(scene.status()).toMatchObject({ state: 'backing-off', queued: 1 });
    expect(wire.requests).toEqual([]);
  });

  it('is trusted for the authorities it was configured with, on one connection', async () => {
    const wire = await startWire(store, { tls: good });
    const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, trusted));
    for (let turn = 1; turn <= 3; turn++) {
      scene.fail();
      await scene.attempt();
    }
    expect(wire.requests.map(({ turn }) => turn)).toEqual([1, 2, 3]);
    expect(scene.status()).toMatchObject({ delivered: 3 });
  });

  it('that stops in the middle of the handshake is given up after 10 s', async () => {
    const wire = await startWire();
    wire.intercept = () => true;
    const scene = new Scene(exporterTo(`https://localhost:${wire.port}`, trusted));
    scene.fail();
    await scene.attemptInVain(() => wire.open.size === 1);
    expect(scene.status()).toMatchObject({ queued: 1, lastError: { code: 'TIMEOUT' } });
    await scene.until(() => wire.open.size === 0);
  });
});
