// Who may see an entry when neither it nor its /current name says so: the v1 category decides.
import type { Permission, Visibility } from './current-words.ts';
import type { V1Category } from './v1-words.ts';

export interface Audience {
  readonly visibility: Visibility;
  readonly permission: Permission;
}

const members: Audience = { visibility: 'external', permission: 'member' };
const oneself: Audience = { visibility: 'external_audit_log', permission: 'targeted' };
const admins: Audience = { visibility: 'external_audit_log', permission: 'admin' };

const byCategory: Readonly<Record<V1Category, Audience>> = {
  file_access: members,
  file_modification: members,
  sharing: members,
  authentication: oneself,
  authorization: admins,
  admin: admins,
  security: admins,
  compliance: admins,
};

/** An entry whose category nobody knows is shown to the fewest. */
export function audienceOf(category: V1Category | null): Audience {
  return category === null ? admins : byCategory[category];
}
