/** Express platform: how requests come to Nest on Express. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { watchRoutes } from './express-route.js';
import type { Platform } from './platform.js';

interface Express {
  handle(req: IncomingMessage, res: ServerResponse, out?: (error?: unknown) => void): void;
}

export function expressPlatform(adapter: AbstractHttpAdapter): Platform {
  return {
    requestOf: (req: IncomingMessage & { user?: unknown }) => req,
    routeOf: watchRoutes(adapter),
    open({ observe, admit }) {
      // Not `use()`: it makes Express 4's router, which then ignores the settings of main.ts, such as 'query parser'.
      const express = adapter.getInstance<Express>();
      const handle = express.handle.bind(express);
      express.handle = (req, res, out) => {
        observe(req, res, () => admit(req, res, () => handle(req, res, out)));
      };
    },
  };
}
