// What a handler is given: values that passed their schemas, the caller, and a signal that says when to stop working for them.
import type { Principal } from '../../domain/access/principal.ts';

export interface ApiRequest<Params, Query, Headers, Body, Caller extends Principal | null> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly principal: Caller;
  readonly requestId: string;
  /** Aborted when the client goes away, and when the process stops: a long-poll then answers with what it has. */
  readonly signal: AbortSignal;
}
