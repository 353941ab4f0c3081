/** Broken streams: a file that breaks off while it is sent, told to the request that it was sent for. */
import type { ServerResponse } from 'node:http';
import { StreamableFile } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { exchangeOf } from '@throughline/core/adapter';

/** Nest hands such an error to no filter: it hangs up, or ends the answer as if it were whole (Nest 10 on Express). */
export function recordBrokenStreams(adapter: AbstractHttpAdapter): void {
  const reply = adapter.reply.bind(adapter) as (response: unknown, body: unknown, status?: number) => unknown;
  adapter.reply = (response: ServerResponse & { raw?: ServerResponse }, body: unknown, status?: number): unknown => {
    if (body instanceof StreamableFile) {
      const exchange = exchangeOf((response.raw ?? response).req);
      body.getStream().once('error', (error) => exchange?.fail(error));
    }
    return reply(response, body, status);
  };
}
