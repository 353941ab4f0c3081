/** Machine: what a run was made on, without which its figures say nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, type } from 'node:os';
import { join } from 'node:path';
import { canPin } from './processor.mjs';

const require = createRequire(import.meta.url);

/** Plain data: moment, commit, Node, machine, its load, and the versions of the packages named. */
export function machine(node, packages) {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: outputOf('git', ['rev-parse', '--short', 'HEAD']) + (isChanged() ? ' and changes' : ''),
    node: outputOf(node, ['--version']),
    system: `${type()} ${release()}, ${cpus().length} × ${cpu?.model.trim()}${canPin ? ', a core each for server and load' : ''}`,
    load: loadavg()[0].toFixed(1),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** One line of it. */
export function machineLine({ date, commit, node, system, load, versions }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`${date}, commit ${commit}, Node ${node}, ${system}, load average ${load}`, packages.join(', ')]
    .filter(Boolean)
    .join('; ');
}

/** Whether what is measured, or measures, is other than committed; the page that a run writes is not. */
function isChanged() {
  return outputOf('git', ['status', '--porcelain', '--', ':/packages', ':/bench']) !== '';
}

/** Read off its manifest, which not every package exports. */
function versionOf(name) {
  const manifests = require.resolve.paths(name).map((folder) => join(folder, name, 'package.json'));
  return JSON.parse(readFileSync(manifests.find(existsSync), 'utf8')).version;
}

function outputOf(command, args) {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
