// What a summary may name: people, files, folders, workspaces and shares, each written as a pill `@[type:id:name]`.

export const pillTypes = ['user', 'file', 'folder', 'workspace', 'share'] as const;
export type PillType = (typeof pillTypes)[number];

export interface Entity {
  readonly type: PillType;
  readonly id: string;
  readonly name: string;
}

/** By it entries point at what they name. */
export type EntityKey = `${PillType}:${string}`;

export function keyOf({ type, id }: Pick<Entity, 'type' | 'id'>): EntityKey {
  return `${type}:${id}`;
}

/** Null where the id could not be told from the rest of a pill: then nothing is named. */
export function entityOf({ type, id, name }: { readonly type: PillType; readonly id: string | null; readonly name: string | null }): Entity | null {
  if (id === null || !pillId.test(id)) return null;
  const cleaned = cleanName(name ?? '');
  return { type, id, name: cleaned === '' ? id : cleaned };
}

export function pillOf({ type, id, name }: Entity): string {
  return `@[${type}:${id}:${name}]`;
}

/** Pills in a text, also those that name nothing we know. */
export const pillPattern = /@\[([a-z]+):([^\s:[\]<>@]{1,256}):([^[\]]{0,400})\]/gu;

const pillId = /^[^\s:[\]<>@\p{C}]{1,256}$/u;
const longestName = 100;

/** Names are texts of others: nothing in them may end a pill, begin markup, or turn the direction of writing. */
function cleanName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll(/[[\]<>`]/g, '')
    .trim();
  const letters = Array.from(plain);
  return letters.length <= longestName ? plain : `${letters.slice(0, longestName - 1).join('')}…`;
}
