// Who is asking: what a verified token says, and nothing that has to be looked up.
export type Scope = 'events:write' | 'tenant:admin' | 'compliance:manage' | 'audit:read' | 'admin:*' | '*';

export interface Principal {
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<string>;
  readonly email: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  readonly sessionId: string;
  readonly issuedAtSeconds: number | null;
  readonly expiresAtSeconds: number;
  /** The service acting for the user (RFC 8693), null when the user acts alone. */
  readonly serviceAccount: string | null;
  readonly idp: string | null;
  /** When present, the token reaches only these (`workspace:123`, …). */
  readonly entities: readonly string[] | null;
}
