import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const application = fileURLToPath(new URL('ready.mjs', import.meta.url));

function run(how: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [application, how], { encoding: 'utf8' });
}

describe('a process that awaits ready()', () => {
  it.each([
    ['refuses', 'REFUSED'],
    ['hangs', 'TIMEOUT'],
  ])('ends with an error that names check and host and no password when the database %s', (how, code) => {
    const { status, stdout, stderr } = run(how);
    // 13 would say that nothing had kept the process alive until there was an answer
    expect(status).toBe(1);
    expect(stderr).toContain(`the service does not start: within 700 ms db (127.0.0.1:1) is down with ${code}`);
    expect(stderr).toContain('STARTUP_REFUSED');
    expect(stdout + stderr).not.toContain('hunter2');
    expect(stdout).toBe('');
  });

  it('goes on as soon as the database answers', () => {
    expect(run('comes up late')).toMatchObject({ status: 0, stdout: 'up after 3 attempts', stderr: '' });
  });
});
