import { describe, expect, it } from 'vitest';
import { readProxyVariables } from '../../packages/core/src/export/proxy-environment.js';

function way(url: string, env: Record<string, string>): string {
  const choice = readProxyVariables(env)(new URL(url));
  return choice.kind === 'proxy' ? choice.server.url.href : choice.kind;
}

describe('proxy variables', () => {
  it.each([
    [{}, 'direct', 'direct'],
    [{ HTTPS_PROXY: 'http://a:1' }, 'http://a:1/', 'direct'],
    [{ HTTP_PROXY: 'http://a:1' }, 'direct', 'http://a:1/'],
    [{ ALL_PROXY: 'a:1' }, 'http://a:1/', 'http://a:1/'],
    [{ HTTPS_PROXY: 'http://a:1', ALL_PROXY: 'http://b:1' }, 'http://a:1/', 'http://b:1/'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, 'http://b:1/', 'direct'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: ' ' }, 'http://a:1/', 'direct'],
    [{ HTTPS_PROXY: '' }, 'direct', 'direct'],
    [{ HTTPS_PROXY: 'https://u:p@a' }, 'https://a/', 'direct'],
    [{ all_proxy: 'socks5://a' }, 'unusable', 'unusable'],
  ])('%j lead to %s with TLS, to %s without', (env, secure, plain) => {
    expect([way('https://logs.test', env), way('http://logs.test', env)]).toEqual([secure, plain]);
  });

  it.each([
    ['*', 'https://logs.test', true],
    ['logs.test', 'https://logs.test', true],
    ['LOGS.test.', 'https://a.logs.TEST', true],
    ['.logs.test', 'https://logs.test', true],
    ['*.logs.test', 'https://a.logs.test', true],
    ['ogs.test', 'https://logs.test', false],
    ['logs.test:443', 'https://logs.test', true],
    ['logs.test:8443', 'https://logs.test', false],
    ['logs.test:4318', 'http://logs.test:4318', true],
    ['a, b\tlogs.test', 'https://logs.test', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99,10.1.2.3/x', 'https://10.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:443', 'https://10.1.2.3', true],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['[fd00:0::1]:443', 'https://[fd00::1]', true],
    ['fd00::2', 'https://[fd00::1]', false],
    ['', 'https://logs.test', false],
    ['', 'https://127.9.9.9', true],
    ['', 'https://[::1]:5080', true],
    ['', 'https://otel.localhost', true],
    ['', 'https://localhost.test', false],
  ])('NO_PROXY=%j lets %s go straight: %s', (noProxy, url, isDirect) => {
    expect(way(url, { HTTPS_PROXY: 'a:1', HTTP_PROXY: 'a:1', no_proxy: noProxy })).toBe(
      isDirect ? 'direct' : 'http://a:1/',
    );
  });
});
