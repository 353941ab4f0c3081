/** Shell probe: the same question for images without Node. */

/** Lines for a shell with bash, and for BusyBox. */
export function shellProbe(url: URL, timeoutMs: number): string {
  if (url.protocol !== 'http:')
    throw new Error('a shell speaks no TLS; give the http:// address inside of the container');
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const request = `printf "GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" "$2" "$3" >&3`;
  const script = `exec 3<>"/dev/tcp/$0/$1" && ${request} && read -r _ code _ <&3 && [[ $code == 2* ]]`;
  const words = [host, url.port || '80', url.pathname + url.search, url.host];
  return [
    '# with bash; exit code 0: healthy',
    `timeout ${seconds} bash -c ${quoted(script)} ${words.map(quoted).join(' ')}`,
    '# with BusyBox, as in Alpine',
    `wget -q -T ${seconds} -O /dev/null ${quoted(url.href)}`,
  ].join('\n');
}

function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
