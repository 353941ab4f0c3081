/** By hand: each probe asks all dependencies, each within the 500 ms that ours gives them. */
import express from 'express';

export function createListener(url) {
  const app = express();
  app.get(['/health', '/health/ready', '/health/startup'], async (_req, res) => {
    const names = ['db', 'redis', 'queue'];
    const answers = await Promise.allSettled(
      names.map((name) => fetch(`${url}/${name}`, { signal: AbortSignal.timeout(500) })),
    );
    const states = answers.map(({ status }, index) => [names[index], status === 'fulfilled' ? 'ok' : 'down']);
    const isHealthy = answers.every(({ status }) => status === 'fulfilled');
    res
      .status(isHealthy ? 200 : 503)
      .json({ status: isHealthy ? 'healthy' : 'unhealthy', ...Object.fromEntries(states) });
  });
  return app;
}
