// The kinds of scope an item of a hold can have.
export const scopeTypes = ['user', 'group', 'share', 'folder', 'resource', 'query'] as const;
export type ScopeType = (typeof scopeTypes)[number];
