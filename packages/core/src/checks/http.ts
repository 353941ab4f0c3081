/** Health check: an HTTP service answers without an error status. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { CheckOptions, HealthCheck } from '../health/check.js';
import { CheckError } from '../health/failure.js';
import { invalidOption } from '../internal/options.js';

/**
 * Checks that a GET is answered with a 2xx or 3xx status, over a fresh connection. Redirects are not followed and the body
 * is not read. A user and password in the URL are sent as basic authentication, and shown nowhere.
 *
 * @throws {ConfigError} When the URL is not an absolute one with http or https.
 */
export function httpCheck(url: string | URL, options: CheckOptions = {}): HealthCheck {
  const target = parseUrl(url);
  const { request } = target.protocol === 'https:' ? https : http;
  return {
    target: target.host,
    ...options,
    probe: (signal) =>
      new Promise<void>((resolve, reject) => {
        const sent = request(target, { signal, agent: false }, (response) => {
          const { statusCode = 0 } = response;
          response.destroy();
          if (statusCode < 400) resolve();
          else reject(new CheckError('HTTP_ERROR', `GET was answered with status ${statusCode}`));
        });
        sent.on('error', reject).end();
      }),
  };
}

/** What is refused is shown by its scheme alone, because the rest may hold a password. */
function parseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw invalidOption('httpCheck.url', 'a URL with http:// or https://', parsed?.protocol ?? 'something else');
}
