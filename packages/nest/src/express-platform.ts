/** Express platform: how requests come to Nest on Express. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Logger } from '@throughline/core';
import { exposeRequest } from '@throughline/core/adapter';
import { watchRoutes } from './express-route.js';
import type { Platform } from './platform.js';

declare global {
  // oxlint-disable-next-line no-namespace -- the place where Express lets its request be extended
  namespace Express {
    interface Request {
      /** Logger whose lines carry this request's context, wherever it is called from. */
      log: Logger;
      /** The id that the response carries. */
      requestId: string;
    }
  }
}

interface ExpressApplication {
  /** What all its requests inherit from. */
  readonly request: IncomingMessage;
  handle(req: IncomingMessage, res: ServerResponse, out?: (error?: unknown) => void): void;
}

export function expressPlatform(adapter: AbstractHttpAdapter): Platform {
  return {
    requestOf: (req: IncomingMessage & { user?: unknown }) => req,
    routeOf: watchRoutes(adapter),
    open({ observe, admit }) {
      // Not `use()`: it makes Express 4's router, which then ignores the settings of main.ts, such as 'query parser'.
      const express = adapter.getInstance<ExpressApplication>();
      exposeRequest(express.request, (req: IncomingMessage) => req);
      const handle = express.handle.bind(express);
      express.handle = (req, res, out) => {
        observe(req, res, () => admit(req, res, () => handle(req, res, out)));
      };
    },
  };
}
