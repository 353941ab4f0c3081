/** Values of a URL: none of them is ever in the name of a route, however an application was put together. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express';
import { expect, inject, it } from 'vitest';
import { routesOf } from './routes-of.js';

const isExpress4 = inject('major') === 4;

const fine: RequestHandler = (_req, res) => void res.send('fine');
const goOn: RequestHandler = (_req, _res, next) => next();
const broken: RequestHandler = () => {
  throw new Error('broken');
};
const passOn: ErrorRequestHandler = (error, _req, _res, next) => next(error);

type Build = (app: Express) => unknown;
type Case = readonly [what: string, build: Build, path: string, route: string | undefined];

/** In each path, `aa1` and `bb2` are values. */
const cases: readonly Case[] = [
  [
    'routers in routers that merge no parameters',
    (app) => app.use('/a/:a', Router().use('/b/:b', Router().get('/c/:c', fine))),
    '/a/aa1/b/bb2/c/aa1',
    '/a/:a/b/:b/c/:c',
  ],
  [
    'parts of a segment',
    (app) => app.use('/v:version', Router().get('/:from-:to.html', fine)),
    '/vaa1/aa1-bb2.html',
    '/v:version/:from-:to.html',
  ],
  [
    'a router with middleware before its routes',
    (app) => app.use('/a/:a', goOn, [goOn], Router().use(goOn).use('/b', goOn).get('/b/:b', fine)),
    '/a/aa1/b/bb2',
    '/a/:a/b/:b',
  ],
  [
    'a router whose middleware answers',
    (app) => app.use('/a/:a', Router().use(fine).get('/b/:b', fine)),
    '/a/aa1/b/bb2',
    undefined,
  ],
  [
    'a router whose middleware fails',
    (app) => app.use('/a/:a', Router().use(broken).get('/b/:b', fine).use(passOn)),
    '/a/aa1/b/bb2',
    undefined,
  ],
  [
    'a route that fails, below routers with error handlers',
    (app) => app.use('/a/:a', Router().use('/b/:b', Router().get('/c', broken).use(passOn)).use(passOn)).use(passOn),
    '/a/aa1/b/bb2/c',
    '/a/:a/b/:b/c',
  ],
  [
    'a route that hands on to one elsewhere',
    (app) => app.use('/a/:a', Router().get('/b/:b', goOn)).get('/a/:x/b/:y', fine),
    '/a/aa1/b/bb2',
    '/a/:x/b/:y',
  ],
  [
    'a router that nothing in it matches',
    (app) => app.use('/a/:a', Router().get('/b/:b', fine)),
    '/a/aa1/bb2',
    undefined,
  ],
  [
    'an application below a parameter, which fails',
    (app) => app.use('/a/:a', express().get('/b/:b', broken)),
    '/a/aa1/b/bb2',
    '/a/:a/b/:b',
  ],
  [
    'an application below a parameter, where nothing matches',
    (app) => app.use('/a/:a', express().get('/b/:b', fine)),
    '/a/aa1/bb2',
    undefined,
  ],
  [
    'values that are escaped',
    (app) => app.use('/a/:a', Router().get('/b/:b', fine)),
    '/a/aa1%2Fbb2/b/%61aa1',
    '/a/:a/b/:b',
  ],
  [
    'a value that reads like the path around it',
    (app) => app.use('/aa1/:a', Router().get('/aa1/:b', fine)),
    '/aa1/aa1/aa1/aa1',
    '/aa1/:a/aa1/:b',
  ],
  ['an expression', (app) => app.get(/^\/a\/(\w+)$/, fine), '/a/aa1', '/^\\/a\\/(\\w+)$'],
  [
    'a wildcard on the way',
    (app) => app.use(isExpress4 ? '/a/*/b' : '/a/*a/b', Router().get('/:c', fine)),
    '/a/aa1/bb2/b/aa1',
    isExpress4 ? '/a/*/b/:c' : '/a/*a/b/:c',
  ],
];

const casesOfExpress4: readonly Case[] = [
  [
    'expressions in a mount, one in another',
    (app) => app.use('/a/:identification((aa|1)+)/b', Router().get('/:c(\\w+)', fine)),
    '/a/aa1/b/bb2',
    '/a/:identification/b/:c(\\w+)',
  ],
  [
    'expressions in a mount that have no name',
    (app) => app.use('/a/(\\w+)-(\\w+)', Router().get('/c', fine)),
    '/a/aa1-bb2/c',
    '/a/*-*/c',
  ],
  [
    'expressions in a mount without a group',
    (app) => app.use('/a/\\w+.x', Router().get('/c', fine)),
    '/a/aa1.x/c',
    '/a/*.x/c',
  ],
  [
    'parts of a mount that may be left out',
    (app) => app.use('/a/:a?/k/:b?', Router().get('/c/:c', fine)),
    '/a/aa1/k/bb2/c/aa1',
    '/a/:a?/k/:b?/c/:c',
  ],
];

it.each(isExpress4 ? [...cases, ...casesOfExpress4] : cases)(
  `a route of express ${inject('major')} is its template alone with %s`,
  async (_, build, path, route) => {
    expect(await routesOf(build, path)).toEqual([route]);
  },
);
