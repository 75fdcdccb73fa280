// Who is calling: the bearer token of a request, verified, and admitted by the directory.
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { AccessGate } from './access-gate.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface Authenticator {
  readonly verifier: TokenVerifier;
  readonly access: AccessGate;
}

export async function authenticate(authorization: string | undefined, { verifier, access }: Authenticator): Promise<Principal | Refusal> {
  if (authorization === undefined || authorization === '') return missing;
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) return malformed;
  return admitToken(token, { verifier, access });
}

/** For doors where the token does not come in a header. */
export async function admitToken(token: string, { verifier, access }: Authenticator): Promise<Principal | Refusal> {
  const verified = await verifier.verify(token);
  if (isRefusal(verified)) return verified;
  return (await access.admit(verified)) ?? verified;
}

const missing = refuse('AUTH_TOKEN_MISSING');
const malformed = refuse('AUTH_TOKEN_INVALID');
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;
