/** Import: what loading the packages takes. */

export const importTime = {
  name: 'import',
  title: 'Importing the packages',
  rounds: 9,
  variants: ['express', 'express+pino-http', 'express+throughline', 'throughline', 'stack'],
  packages: ['express', 'pino-http', 'cls-rtracer', 'express-prom-bundle'],
  columns: [
    { key: 'cpuMs', name: 'processor, ms', digits: 0 },
    { key: 'wallMs', name: 'wall, ms', digits: 0 },
  ],
  compare: { by: 'cpuMs', to: ['express+pino-http'] },
};

export async function run({ load }) {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await load();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, wallMs };
}
