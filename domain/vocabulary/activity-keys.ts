// Activity keys: which keys an entry touches by default, and how a key is written down as data (`storage:{resource_id}`).
import type { CurrentSubcategory } from './current-words.ts';

const idFields = ['resource_id', 'target_user_id'] as const;

export type ActivityIds = Readonly<Partial<Record<(typeof idFields)[number], string | null | undefined>>>;

/** A key read once at start, so that an entry only has to be filled in. */
export interface ActivityKey {
  readonly bare: string;
  readonly prefix: string;
  readonly idField: keyof ActivityIds | null;
}

/** What a subcategory touches when the name itself says nothing. */
const bySubcategory: Readonly<Record<CurrentSubcategory, readonly string[]>> = {
  storage: ['storage:{resource_id}'],
  comments: ['comments:{resource_id}'],
  members: ['member:{target_user_id}'],
  lifecycle: ['settings'],
  settings: ['settings'],
  security: [],
  authentication: [],
  ai: ['ai_chat:{resource_id}'],
  invitations: ['members'],
  billing: ['settings'],
  assets: ['settings'],
  upload: ['upload:{resource_id}'],
  transfer: ['settings'],
  import_export: [],
  quickshare: ['storage:{resource_id}'],
  metadata: ['metadata:{resource_id}'],
  workflow: ['workflow:{resource_id}'],
  fileshare: ['settings'],
  cloud_import: ['cloudsync'],
};

const compiledBySubcategory = new Map(
  Object.entries(bySubcategory).map(([subcategory, keys]) => [subcategory, keys.map(compileActivityKey)]),
);

export const noActivity: readonly ActivityKey[] = [];
export const storageActivity: readonly ActivityKey[] = [compileActivityKey('storage:{resource_id}')];
export const settingsActivity: readonly ActivityKey[] = [compileActivityKey('settings')];

export function activityOfSubcategory(subcategory: CurrentSubcategory): readonly ActivityKey[] {
  return compiledBySubcategory.get(subcategory) ?? noActivity;
}

export function compileActivityKey(text: string): ActivityKey {
  const colon = text.indexOf(':');
  if (colon < 0) return { bare: text, prefix: text, idField: null };
  const idField = idFields.find((field) => text.slice(colon + 1) === `{${field}}`);
  if (idField === undefined) throw new Error(`activity key "${text}" names no id of an entry`);
  return { bare: bareActivityKey(text), prefix: text.slice(0, colon + 1), idField };
}

/** An entry without the id that a key wants touches the bare key. */
export function fillActivityKeys(keys: readonly ActivityKey[], ids: ActivityIds): string[] {
  const filled: string[] = [];
  for (const key of keys) {
    const id = key.idField === null ? null : (ids[key.idField] ?? null);
    filled.push(id === null ? key.bare : key.prefix + id);
  }
  return filled;
}

/** The key that `x:{id}` stamps besides itself: `x`, and `members` for `member:{id}`. */
export function bareActivityKey(key: string): string {
  const colon = key.indexOf(':');
  const bare = colon < 0 ? key : key.slice(0, colon);
  return bare === 'member' ? 'members' : bare;
}
