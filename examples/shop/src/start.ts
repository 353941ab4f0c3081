/** Start: the shop, open until Ctrl-C. */
import { styleText } from 'node:util';
import { guide } from './guide.js';
import type { Print } from './service-process.js';
import { findUrls, Shop } from './shop.js';

const colours = new Map<string, Parameters<typeof styleText>[0]>([
  ['gateway', 'cyan'],
  ['inventory', 'green'],
  ['payments', 'magenta'],
  ['sink', 'yellow'],
]);

const print: Print = (name, line) => {
  const colour = process.stdout.isTTY && colours.get(name);
  const label = `${name.padEnd(9)} |`;
  console.log(`${colour ? styleText(colour, label) : label} ${line}`);
};

const shop = new Shop(await findUrls(), print);
const opening = shop.open();

let closing: Promise<void> | undefined;
function close(): Promise<void> {
  closing ??= opening.catch(() => {}).then(() => shop.close());
  return closing;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void close());

// npm hands SIGTERM to its shell, which ends without a word; the shop must not stay open alone.
const parent = process.ppid;
const hasLostNpm = (): boolean => process.env['npm_command'] !== undefined && process.ppid !== parent;
setInterval(() => hasLostNpm() && void close(), 200).unref();

try {
  await opening;
  if (!closing) console.log(guide(shop.urls, shop.hasRedis));
} catch (error) {
  // Ctrl-C reaches what is being started too.
  if (!closing) {
    console.error(error);
    process.exitCode = 1;
  }
  await close();
}
