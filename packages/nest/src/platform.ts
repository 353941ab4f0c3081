/** Platform: what is different when Nest runs on Express and when it runs on Fastify. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request as guards and controllers see it, whatever the platform. */
export interface PlatformRequest {
  readonly headers: IncomingHttpHeaders;
  /** What a guard or a strategy of Passport's left here. */
  readonly user?: unknown;
}

export type Step = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** What a platform does with a request that arrives. */
export interface Entrance {
  /** Starts to observe the request and goes on in its context. */
  readonly observe: Step;
  /** Answers the request when it asks for health, else goes on. */
  readonly admit: Step;
}

export interface Platform {
  /** The request as guards and controllers see it; `undefined` as long as the platform has not made it. */
  requestOf(req: IncomingMessage): PlatformRequest | undefined;
  /** The template of the controller's route; `undefined` when none has matched. */
  routeOf(req: IncomingMessage): string | undefined;
  /** Leads every request through the entrance, before anything else of the application sees it. */
  open(entrance: Entrance): void;
}
