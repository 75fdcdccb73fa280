// What the door asks the directory about a caller whose token is right.
import type { Principal } from '../../domain/access/principal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';

export interface AccessGate {
  /** A refusal when the tenant does not exist or the user may nothing any more (`TENANT_UNKNOWN`, `AUTHZ_USER_SUSPENDED`, …), otherwise undefined. */
  admit(principal: Principal): Refusal | undefined | Promise<Refusal | undefined>;
}
