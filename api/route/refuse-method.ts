// What a path answers to a method it does not take: which it takes; to a browser that asks first, as a preflight.
import type { IncomingMessage } from 'node:http';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Cors } from './cors.ts';
import type { Exchange } from './exchange.ts';

export interface OtherMethod {
  readonly request: IncomingMessage;
  readonly methods: readonly string[];
  readonly cors: Cors;
}

export function refuseMethod(exchange: Exchange, { request: { method, headers }, methods, cors }: OtherMethod): void {
  const allow = methods.join(', ');
  if (method === 'OPTIONS') exchange.reply({ status: 204, headers: { ...cors.preflightHeadersFor({ headers, methods }), allow }, body: '' });
  else exchange.refuse(refuse('METHOD_NOT_ALLOWED', { message: `This path accepts ${allow}.` }), { allow });
}
