// The packages as their users get them: packed, installed into a fresh folder, used as ESM, CommonJS and under Jest.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const apps = fileURLToPath(new URL('apps', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-packed-')));

const dependencies = {
  express: '5',
  koa: '3',
  '@nestjs/common': '11',
  '@nestjs/core': '11',
  '@nestjs/platform-express': '11',
  'pino-http': '11',
  'prom-client': '15',
  'reflect-metadata': '0.2',
  rxjs: '7',
};
const devDependencies = {
  '@types/express': '5',
  '@types/koa': '3',
  '@types/node': '20',
  jest: '30',
  typescript: '5.9',
};

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

before(() => {
  for (const name of ['core', 'express', 'koa', 'nest'])
    npm(['pack', '--pack-destination', folder], join(root, 'packages', name));
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const ours = Object.fromEntries(
    tarballs.map((file) => [`@throughline/${/throughline-(\w+)-/.exec(file)[1]}`, `file:./${file}`]),
  );
  const overrides = { 'unrs-resolver': '1.12.2' };
  const manifest = {
    name: 'fresh',
    private: true,
    dependencies: { ...dependencies, ...ours },
    devDependencies,
    overrides,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline'], folder);
  cpSync(apps, folder, { recursive: true });
  for (const name of ['express', 'koa', 'nest']) {
    writeFileSync(join(folder, `${name}.cjs`), asCommonJs(readFileSync(join(folder, `${name}.mjs`), 'utf8')));
  }
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** The same application, in the words of CommonJS. */
function asCommonJs(source) {
  return source
    .replace(/^import '([^']+)';$/gm, "require('$1');")
    .replace(/^import (\w+) from '([^']+)';$/gm, "const $1 = require('$2');")
    .replace(/^import (\{[^}]+\}) from '([^']+)';$/gm, "const $1 = require('$2');");
}

/** Runs an application and calls `use` with its address; gives back the lines that it logged. */
async function run(file, use) {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  let listening;
  const port = new Promise((resolve, reject) => {
    listening = resolve;
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}`)));
  });
  const output = createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    if ('port' in line) listening(line.port);
    else lines.push(line);
  });
  await use(`http://127.0.0.1:${await port}`);
  child.kill('SIGKILL');
  await new Promise((resolve) => output.once('close', resolve));
  return lines;
}

describe('from packed tarballs', () => {
  for (const framework of ['express', 'koa', 'nest']) {
    for (const extension of ['mjs', 'cjs']) {
      it(`${framework}.${extension} carries one id from the request to the response and every line`, async () => {
        const lines = await run(`${framework}.${extension}`, async (url) => {
          const answer = await fetch(`${url}/hello/ada`, { headers: { 'x-request-id': 'packed-1' } });
          assert.equal(answer.headers.get('x-request-id'), 'packed-1');
          assert.deepEqual(await answer.json(), { hello: 'ada' });
          const health = await fetch(`${url}/api/health`);
          assert.match(await health.text(), /^{"status":"healthy","db":"ok"/);
          const metrics = await (await fetch(`${url}/metrics`)).text();
          assert.match(metrics, /^http_requests_total\{method="GET",route="[^"]+",status_code="200"\} 1$/m);
          assert.match(metrics, /^process_cpu_seconds_total [\d.]+$/m);
        });
        const [hello, access] = lines.filter(({ request_id }) => request_id === 'packed-1');
        assert.equal(hello.msg, 'hello');
        assert.equal(hello.user_id, '42');
        assert.equal(access.status, 200);
        assert.equal(access.user_id, '42');
      });
    }
  }

  it('the command probes a service, without npx and with it', async () => {
    await run('express.mjs', async (url) => {
      for (const [file, ...args] of [
        [join('node_modules', '.bin', 'throughline')],
        ['npx', '--no-install', 'throughline'],
      ]) {
        const said = execFileSync(file, [...args, 'probe', '--timeout-ms=30000', `${url}/api/health`], {
          cwd: folder,
          encoding: 'utf8',
        });
        assert.match(said, /^200 {"status":"healthy"/);
      }
    });
  });

  it('a Jest test runs', () => {
    execFileSync(process.execPath, ['node_modules/jest/bin/jest.js', '--testMatch', '**/*.jest.cjs'], {
      cwd: folder,
      stdio: 'pipe',
    });
  });

  it('a test of Node’s own runner records logs, and ends by itself', () => {
    const args = ['--test', '--test-reporter', 'tap', 'logs.node.mjs'];
    const env = { ...process.env };
    // Set by the runner of this test, it would make the other one report to it.
    delete env.NODE_TEST_CONTEXT;
    const report = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env, timeout: 60_000 });
    assert.match(report, /^# pass 1$/m);
  });

  for (const [module, moduleResolution] of [
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
    ['commonjs', 'node10'],
  ]) {
    it(`types compile strictly with module ${module} and moduleResolution ${moduleResolution}`, () => {
      const options = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--skipLibCheck',
        '--esModuleInterop',
        '--target',
        'es2022',
        '--types',
        'node',
        '--experimentalDecorators',
      ];
      const modules = ['--module', module, '--moduleResolution', moduleResolution];
      try {
        execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...options, ...modules, 'types.ts'], {
          cwd: folder,
          encoding: 'utf8',
        });
      } catch (error) {
        assert.fail(error.stdout);
      }
    });
  }

  it('one copy serves import and require', () => {
    const code =
      "import('@throughline/core').then((esm) => process.exit(esm.getLogger === require('@throughline/core').getLogger ? 0 : 1))";
    execFileSync(process.execPath, ['-e', code], { cwd: folder });
  });
});
