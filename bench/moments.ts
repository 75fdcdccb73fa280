// When something happened in a process, for whoever measures it in another: noted by number, and told when asked.
import type { ChildProcess } from 'node:child_process';

/** A number, and when it was reached in milliseconds of the clock that all processes share. */
export type Moment = readonly [number: number, atMs: number];

const question = 'moments';
const answerLimitMs = 10_000;

export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** In the process that is measured. What was told is forgotten. */
export function tellMoments(): { note(number: number): void } {
  let moments: Moment[] = [];
  process.on('message', (message) => {
    if (message !== question) return;
    process.send?.({ moments });
    moments = [];
  });
  return { note: (number) => { moments.push([number, nowMs()]); } };
}

/** In the process that measures. */
export function askMoments(child: ChildProcess): Promise<readonly Moment[]> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => { reject(new Error('a process does not tell its moments')); }, answerLimitMs);
    const listen = (message: { readonly moments?: readonly Moment[] }): void => {
      if (message.moments === undefined) return;
      clearTimeout(limit);
      child.off('message', listen);
      resolve(message.moments);
    };
    child.on('message', listen);
    child.send(question);
  });
}
