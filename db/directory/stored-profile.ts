// A profile's row as a decision wants to see it.
import type { ProfileState } from '../../domain/directory/profile.schema.ts';
import type { ProfileRow } from './profile.entity.ts';

export function stateOf({ type, name, parentId, multiplayer, closed }: ProfileRow): ProfileState & { readonly closed: boolean } {
  return { type, name, parentId: parentId ?? null, multiplayer, closed };
}
