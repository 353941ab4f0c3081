/** Health under a prefix: where health answers in an application whose routes stand below a global prefix. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApplicationConfig } from '@nestjs/core';
import { getObservability } from '@throughline/core';
import { createHealthEndpoint } from '@throughline/core/adapter';
import type { Settings } from './settings.js';

/** Answers when health is asked for; `false`, and nothing done, for any other request. */
export type AnswerHealth = (req: IncomingMessage, res: ServerResponse) => boolean;

/**
 * A path that was given is answered as it stands, and below the global prefix too when it does not begin with it; the
 * default one below the prefix only.
 *
 * @throws {ConfigError} When the path does not start with a slash, or a check cannot be registered.
 */
export function createHealthUnderPrefix({ health, observability }: Settings, config: ApplicationConfig): AnswerHealth {
  const answer = createHealthEndpoint({ ...health, ...(observability && { observability }) }, getObservability);
  const given = health?.path;
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    if (given !== undefined && answer(req, res, path)) return true;
    // Read anew: main.ts sets the prefix after the modules were made.
    const prefix = withSlash(config.getGlobalPrefix());
    if (given?.startsWith(`${prefix}/`) || !path.startsWith(`${prefix}/`)) return false;
    return answer(req, res, path.slice(prefix.length));
  };
}

/** `api`, `/api` and `api/` are one prefix to Nest. */
function withSlash(prefix: string): string {
  const bare = prefix.replace(/^\/+|\/+$/g, '');
  return bare && `/${bare}`;
}
