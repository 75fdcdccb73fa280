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
  /** False when the token names no session and `sessionId` was made from something else of it. */
  readonly namesSession?: boolean;
  readonly issuedAtSeconds: number | null;
  readonly expiresAtSeconds: number;
  /** The service acting for the user (RFC 8693), null when the user acts alone. */
  readonly serviceAccount: string | null;
  readonly idp: string | null;
  /** When present, the token reaches only these (`workspace:123`, …). */
  readonly entities: readonly string[] | null;
  /** Where this call came from, on routes whose calls are recorded; no part of the token. */
  readonly origin?: RequestOrigin;
}

/** A call as the door saw it arrive. */
export interface RequestOrigin {
  readonly method: string;
  /** Without what stands behind the question mark. */
  readonly path: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** What the caller's scopes make of them, in a word. */
  readonly role: string;
  /** How long it took to know who is calling. */
  readonly authMs: number;
  /** How long the rest took; known only where the entry is written afterwards. */
  readonly actionMs?: number;
}
