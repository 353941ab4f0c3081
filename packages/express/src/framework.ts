/** Framework: what only Express knows of a request. */
import type { Framework } from '@throughline/core/adapter';
import type { Request } from 'express';
import { routeOf } from './route.js';

export const framework: Framework<Request> = {
  route: routeOf,
  user: (req: Request & { user?: unknown }) => req.user,
};
