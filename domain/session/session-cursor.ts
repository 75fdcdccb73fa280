// The place in the list of sessions: after the last one shown. Not signed, since it grants nothing and names only what was shown.
import { z } from 'zod';
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { sessionId } from './session.schema.ts';

export interface SessionPlace {
  readonly id: string;
  readonly userId: string;
}

const place = z.tuple([sessionId, z.string().max(64).regex(/^[A-Za-z0-9_-]*$/)]);

export function sessionCursor({ id, userId }: SessionPlace): string {
  return btoa(JSON.stringify([id, userId])).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function readSessionCursor(cursor: string): SessionPlace | Refusal {
  const parsed = place.safeParse(decode(cursor));
  return parsed.success ? { id: parsed.data[0], userId: parsed.data[1] } : refuse('CURSOR_INVALID', { message: 'The cursor is not one of ours.' });
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return null;
  }
}
