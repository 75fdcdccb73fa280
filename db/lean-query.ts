// Asks a connection for promises in the way that leaves less behind.
import type { Client } from './pool.ts';

type Ask = (asked: unknown, values?: unknown, callback?: unknown) => unknown;

/**
 * Where the driver makes the promise, what a statement leaves behind, its rows too, outlives the collections of young objects and waits for a full one; where it is given a callback, it does not.
 * So the promise is made here.
 */
export function leanQuery(client: Client): Client['query'] {
  const ask = client.query.bind(client) as Ask;
  const lean: Ask = (asked, values, callback) => {
    if (typeof values === 'function' || typeof callback === 'function' || isItsOwnAnswer(asked)) return ask(asked, values, callback);
    return new Promise((resolve, reject) => {
      ask(asked, values, (error: Error | null | undefined, answer: unknown) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(error);
      });
    }).catch((error: unknown) => {
      // As the driver does: where it was asked is worth more than where its answer was read.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    });
  };
  return lean as Client['query'];
}

/** What copies rows speaks with the database by itself. */
function isItsOwnAnswer(asked: unknown): boolean {
  return typeof asked === 'object' && asked !== null && 'submit' in asked;
}
