// What is answered where no route stands: at a live door, how it is opened; anywhere else, that there is nothing; in the words of the dialect that is at home there.
import type { RequestHandler } from 'express';
import { refuse } from '../../domain/shared/refusal.ts';
import { doorPages, pathReader } from '../../realtime/hub/door-pages.ts';
import type { Dialect } from './dialect.ts';
import { Exchange } from './exchange.ts';
import { refuseMethod } from './refuse-method.ts';
import type { Serving } from './serving.ts';

export interface Unlisted {
  readonly serving: Serving;
  dialectOf(path: string): Dialect;
}

export function unlistedPath({ serving, dialectOf }: Unlisted): RequestHandler {
  return (request, response) => {
    const { path, method } = request;
    const dialect = dialectOf(path);
    const door = doors.find(({ partOf }) => partOf(path) !== null);
    const exchange = new Exchange({ request, response, serving, dialect, template: door?.page.path ?? null, quiet: false });
    if (door === undefined) exchange.refuse(dialect.noSuchPath?.(path) ?? nothing);
    else if (method !== 'GET') refuseMethod(exchange, { request, methods: ['GET', 'OPTIONS'], cors: serving.cors });
    else if (door.page === doorPages.events) exchange.refuse(closed);
    else exchange.refuse(notUpgraded, { upgrade: 'websocket' });
  };
}

/** Socket.IO answers at its own path whatever it is asked. */
const doors = [doorPages.sync, doorPages.ui, doorPages.current, doorPages.events].map((page) => ({ page, partOf: pathReader(page) }));

const nothing = refuse('NOT_FOUND');
const notUpgraded = refuse('BAD_REQUEST', { message: 'This is a WebSocket: connect to it with ws:// or wss://.' });
/** An open door takes its requests before they come here. */
const closed = refuse('UNAVAILABLE', { message: 'The stream is closed; try again shortly.', retryAfterSeconds: 1 });
