/** Shown header: tells of which headers the value may be seen; of all others it may be anybody's secret. */

/** Headers of requests and responses that say nothing about who sent them, or no more than a line does by itself. */
const shown: ReadonlySet<string> = new Set(
  (
    'accept accept-charset accept-encoding accept-language accept-patch accept-ranges age allow alt-svc cache-control ' +
    'cf-ray connection content-disposition content-encoding content-language content-length content-location ' +
    'content-range content-security-policy content-type date dnt etag expect expires forwarded host if-match ' +
    'if-modified-since if-none-match if-range if-unmodified-since keep-alive last-modified link location max-forwards ' +
    'origin origin-agent-cluster pragma priority proxy-connection range referer referrer-policy retry-after server ' +
    'server-timing strict-transport-security te timing-allow-origin traceparent tracestate trailer transfer-encoding ' +
    'upgrade upgrade-insecure-requests user-agent vary via x-amzn-trace-id x-cloud-trace-context ' +
    'x-content-type-options x-correlation-id x-dns-prefetch-control x-download-options x-forwarded-for ' +
    'x-forwarded-host x-forwarded-port x-forwarded-proto x-frame-options x-permitted-cross-domain-policies ' +
    'x-powered-by x-real-ip x-request-id x-requested-with x-response-time x-xss-protection'
  ).split(' '),
);

/** Families of such headers. */
const shownFamilies = ['access-control-', 'cross-origin-', 'ratelimit-', 'sec-ch-', 'sec-fetch-', 'x-ratelimit-'];

/** Whether the value of a header may be seen, by its name in any case. */
export function isShownHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return shown.has(lower) || shownFamilies.some((family) => lower.startsWith(family));
}
