// A service on node:http that is told to end; run as a process of its own. It prints its port, then its log.
import { createServer } from 'node:http';
import { createObservability, gracefulShutdown } from '@throughline/core';
import { createHealthEndpoint } from '@throughline/core/adapter';

const { scenario, hooks = [], ...options } = JSON.parse(process.argv[2] ?? '{}');
const observability = createObservability({ service: { name: 'doomed' }, exporters: [] });
const answerHealth = createHealthEndpoint({}, () => observability);

const say = (word) => process.stdout.write(`${JSON.stringify({ say: word })}\n`);

const server = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://127.0.0.1');
  if (answerHealth(req, res, pathname)) return;
  const answers = {
    '/fast': () => res.end(`fast ${searchParams.get('n') ?? ''}`),
    '/slow': () => setTimeout(() => res.end('slow'), Number(searchParams.get('ms'))),
    '/hang': () => say('hanging'),
    '/upload': () => {
      req.resume().on('end', () => res.end('uploaded'));
      say('uploading');
    },
    '/large': () => res.end(Buffer.alloc(Number(searchParams.get('bytes')), 'x')),
    '/head-first': () => {
      res.write('first ');
      setTimeout(() => res.end('last'), Number(searchParams.get('ms')));
    },
    '/events': () => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => res.write('data: tick\n\n'), 20);
      // A careless one: it goes on writing after its end.
      res.on('close', () => setTimeout(() => clearInterval(timer), 60));
    },
  };
  (answers[pathname] ?? answers['/fast'])();
});

server.on('upgrade', (_req, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => {});
  if (scenario === 'stubborn socket') socket.allowHalfOpen = true;
});

const runs = {
  done: () => say('hook ran'),
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  fail: () => {
    throw new Error('the pool would not end');
  },
  crash: () => void setTimeout(() => null.nothing, 1),
};

server.listen(0, '127.0.0.1', () => {
  if (scenario === 'warm for ever') server.keepAliveTimeout = 0;
  if (scenario === 'kept alive') setInterval(() => {}, 1000);
  if (scenario === 'another server') createServer().listen(0, '127.0.0.1');
  const shutdown = gracefulShutdown(server, {
    ...options,
    hooks: hooks.map(([name, how, timeoutMs]) => ({ name, run: runs[how], timeoutMs })),
    ...(scenario !== 'no goodbye' && {
      onDrainSocket: (socket) => {
        say('drain socket');
        socket.write('goodbye');
      },
    }),
  });
  if (scenario === 'closed otherwise') server.close();
  if (scenario === 'by hand') {
    process.on('SIGUSR2', () => void shutdown.shutdown('told so').then((report) => say(report)));
  }
  say(server.address()?.port ?? 0);
});
