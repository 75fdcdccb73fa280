// Signs a token with the installation's own secret.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

export interface TokenClaims {
  readonly tenantId: string;
  readonly userId: string;
  /** Separated by spaces. */
  readonly scope?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly sessionId?: string | undefined;
}

export interface SignTokenOptions {
  readonly claims: TokenClaims;
  readonly secret: string;
  readonly lifetimeSeconds: number;
  readonly nowMs: number;
}

export async function signToken({ claims, secret, lifetimeSeconds, nowMs }: SignTokenOptions): Promise<string> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const { tenantId, userId, scope, email, name, groups, sessionId } = claims;
  return new SignJWT({
    tenant_id: tenantId,
    ...(scope === undefined ? {} : { scope }),
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(groups === undefined ? {} : { groups }),
    ...(sessionId === undefined ? {} : { sid: sessionId }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(userId)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + lifetimeSeconds)
    .setJti(randomUUID())
    .sign(new TextEncoder().encode(secret));
}
