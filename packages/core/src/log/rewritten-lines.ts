/** Rewritten lines: those of a logger that are to be called otherwise where they are read by machines. */
import type { DestinationStream, Logger } from 'pino';
import { pinoSymbols, wantsMetadata } from './pino-symbols.js';
import { isForPeople } from './pretty.js';

/** Gives another text for a whole line, its end included. */
export type RewriteLine = (line: string) => string;

/** Where pino leaves what it knows of a line. */
const metadata = ['lastLevel', 'lastMsg', 'lastObj', 'lastTime', 'lastLogger'] as const;

type Stream = DestinationStream & { [wantsMetadata]?: boolean } & { [K in (typeof metadata)[number]]?: unknown };

/** The logger with its lines rewritten on their way to wherever the logger's own go at the time. */
export function withRewrittenLines(logger: Logger, rewrite: RewriteLine): Logger {
  const { stream } = pinoSymbols(logger);
  const rewriting: Stream = {
    [wantsMetadata]: true,
    write(line) {
      const destination = (logger as unknown as Record<symbol, Stream>)[stream];
      if (!destination) return;
      if (destination[wantsMetadata]) for (const name of metadata) destination[name] = rewriting[name];
      destination.write(isForPeople(destination) ? line : rewrite(line));
    },
  };
  const rewritten = Object.create(logger) as Logger;
  (rewritten as unknown as Record<symbol, Stream>)[stream] = rewriting;
  return rewritten;
}
