/** Node binary: the one with which the variants run. */
import { execFileSync } from 'node:child_process';

/** @param version A major such as `22`, fetched through npm when it is not there; left out, the one that runs this. */
export function nodeBinary(version) {
  if (version === undefined) return process.execPath;
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync('npx', ['-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath'], options).trim();
}
