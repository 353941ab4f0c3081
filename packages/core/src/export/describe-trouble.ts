/** Described trouble: what went wrong with a batch, as a code and a sentence without a credential. */
import type { Answer, Verdict } from './answer.js';
import type { ExportRequest, Outcome } from './transport.js';

const maxExcerptLength = 200;

/** Header values shorter than this occur in ordinary text; hiding them would only garble it. */
const minHiddenLength = 6;

/** What people should look at first, for answers that nearly always come from a mistake in the set-up. */
const hints: Readonly<Record<number, string>> = {
  301: '; check the URL, redirects are not followed',
  302: '; check the URL, redirects are not followed',
  307: '; check the URL, redirects are not followed',
  308: '; check the URL, redirects are not followed',
  404: '; check the URL',
  405: '; check the URL',
  415: '; check the URL',
};

/** Describes what went wrong; `undefined` when nothing did. */
export function describeTrouble(
  outcome: Outcome,
  verdict: Verdict,
  request: ExportRequest,
  scrub: (text: string) => string,
): { code: string; message: string } | undefined {
  if (outcome.kind === 'failure') {
    const fate = verdict.kind === 'partial' ? 'sent once more, then counted as unconfirmed' : 'kept';
    return { code: outcome.code, message: `${scrub(outcome.message)}; errors are ${fate}` };
  }
  if (verdict.kind === 'accepted') return undefined;
  const { status } = outcome.answer;
  const detail = 'detail' in verdict && verdict.detail !== undefined ? verdict.detail : excerpt(outcome.answer);
  const said = detail === '' ? '' : `: ${scrub(hideValues(detail, request.headers)).slice(0, maxExcerptLength)}`;
  const code = verdict.kind === 'partial' ? (isWarning(verdict) ? 'WARNING' : 'PARTIAL') : `HTTP_${status}`;
  return { code, message: sentence(verdict, status, said) };
}

function sentence(verdict: Verdict, status: number, said: string): string {
  switch (verdict.kind) {
    case 'auth':
      return `does not accept the credential (HTTP ${status}); errors are kept`;
    case 'retry':
      return `answered HTTP ${status}${said}; errors are kept`;
    case 'too-big':
      return `found a batch too big (HTTP ${status}); it is sent in smaller parts`;
    case 'partial':
      if (isWarning(verdict)) return `took all errors of a batch, with a warning${said}`;
      return `did not confirm all errors of a batch${said}`;
    case 'unknown':
      return `refused errors with HTTP ${status}${said}; what it may have stored of them is not sent again`;
    default:
      return `refused errors with HTTP ${status}${said}${hints[status] ?? ''}`;
  }
}

/** A server may take everything and still have something to say. */
function isWarning(verdict: Verdict): boolean {
  return verdict.kind === 'partial' && verdict.rejected === 0 && verdict.unconfirmed === 0;
}

/** Servers of the wrong kind answer with pages; a line of plain text is enough. */
function excerpt({ body }: Answer): string {
  return body
    .slice(0, 1_024)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** A server may echo what we sent, or what it read in it. */
function hideValues(text: string, headers: ExportRequest['headers']): string {
  return Object.values(headers)
    .flatMap((value) => [value, ...partsOf(value)])
    .filter((value) => value.length >= minHiddenLength)
    .reduce((safe, value) => safe.replaceAll(value, '[Redacted]'), text);
}

/** The credential without its scheme and its name, and the password within it. */
function partsOf(value: string): string[] {
  const credential = value.slice(value.lastIndexOf(' ') + 1);
  const decoded = Buffer.from(credential, 'base64').toString();
  return [credential, credential.slice(credential.indexOf('=') + 1), decoded, decoded.slice(decoded.indexOf(':') + 1)];
}
