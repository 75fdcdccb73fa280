// Where the files of one piece of work lie, and which names they may have.

export const partKinds = ['exports', 'archives'] as const;

export interface PartPlace {
  readonly kind: (typeof partKinds)[number];
  readonly tenantId: string;
  /** Of the export, or of the run. */
  readonly id: string;
}

/** No separators and no leading dot: a name stays inside its place. */
export function isPartName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name);
}

/** Ids are the same everywhere; what is none must not become a path. */
export function isPlaceId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id);
}
