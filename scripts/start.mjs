// Builds what is not built yet and runs the shop in this very process, so that Ctrl-C ends one thing.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx turbo run build --output-logs=errors-only', { stdio: 'inherit', shell: true });
if (status !== 0) process.exit(status ?? 1);
await import('../examples/shop/dist/start.js');
