// What one item of a hold in force selects, as far as it decides about entries.
import type { Filter } from '../filter/filter.ts';
import type { Glob } from './glob.ts';

export interface HeldScope {
  readonly holdId: string;
  readonly itemId: string;
  readonly by: ScopeBy;
  /** Null: whatever path an entry has. */
  readonly include: Glob | null;
  readonly exclude: Glob | null;
}

export type ScopeBy =
  | { readonly kind: 'users'; readonly userIds: readonly string[] }
  | { readonly kind: 'share'; readonly shareId: string }
  | { readonly kind: 'folder'; readonly folderId: string; readonly roots: readonly Root[] }
  | { readonly kind: 'resource'; readonly resourceIds: readonly string[] }
  | { readonly kind: 'query'; readonly filter: Filter };

/** A place a folder has, or had. */
export interface Root {
  readonly shareId: string;
  readonly path: string;
}

export function trimmedPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
