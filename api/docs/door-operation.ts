// A live door as an operation of the document: how it is asked for, and how that is answered; the talk after it is in its words.
import { closeCodes } from '../../realtime/hub/close-codes.ts';
import type { DoorAnswer, DoorPage } from '../../realtime/hub/door-pages.ts';
import { operationId } from './operation-id.ts';

export const doorTag = 'live';

export function doorOperation(page: DoorPage): { readonly operationId: string; readonly [part: string]: unknown } {
  const { path, summary, parameters, answers } = page;
  return {
    operationId: operationId({ method: 'GET', path }),
    tags: [doorTag],
    summary,
    description: talk(page),
    // A token may stand in the query instead.
    security: [{ bearer: [] }, {}],
    parameters: parameters.map(({ name, in: place, description: meaning }) => ({ name, in: place, required: place === 'path', description: meaning, schema: { type: 'string' } })),
    responses: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer)])),
  };
}

function talk({ about, says, hears, closes }: DoorPage): string {
  const codes = closes.map((name) => `${String(closeCodes[name])} ${closeWords[name]}`);
  const paragraphs = [
    about,
    `It says: ${says.join(' · ')}`,
    hears.length === 0 ? 'It only talks.' : `It hears: ${hears.join(' · ')}`,
    ...(codes.length === 0 ? [] : [`It ends with: ${codes.join(' · ')}`]),
  ];
  return paragraphs.join('\n\n');
}

const closeWords: Readonly<Record<keyof typeof closeCodes, string>> = {
  shutdown: 'the process stops; the reason names a time to come back after',
  policy: 'against the rules of the wire',
  badCursor: 'the cursor is none of ours',
  auth: 'no valid token, or not any more',
  forbidden: 'another user’s device, or a profile that may not be seen any more',
  pingTimeout: 'two pings were not answered',
  replaced: 'the same device connected anew',
  cursorExpired: 'what the cursor points at was pruned',
  tooSlow: 'too slow, too loud, or too many connections',
  internal: 'something failed on our side',
};

function response({ description, mediaType }: DoorAnswer): unknown {
  return mediaType === null ? { description } : { description, content: { [mediaType]: { schema: { type: mediaType === 'application/json' ? 'object' : 'string' } } } };
}
