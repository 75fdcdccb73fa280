// From a bearer token to a principal, or to a refusal that says no more than it must.
import { hash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import type { Principal } from '../../domain/access/principal.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { createJwks } from './jwks.ts';
import { principalOf } from './token-claims.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Either a shared secret (HS256) or an issuer's published keys (RS256, ES256, EdDSA): the token never chooses. */
export type TokenVerifierConfig =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'jwks'; readonly url: string; readonly issuer: string; readonly audience: string };

export interface TokenVerifier {
  /** At once for a token seen before. A failure (the issuer's keys cannot be had) is thrown. */
  verify(token: string): Principal | Refusal | Promise<Principal | Refusal>;
}

export interface TokenVerifierParts {
  readonly config: TokenVerifierConfig;
  readonly clock: Clock;
  /** How many verified tokens are remembered; 0 verifies every time. */
  readonly rememberedTokens?: number;
}

export function createTokenVerifier({ config, clock, rememberedTokens = 10_000 }: TokenVerifierParts): TokenVerifier {
  const checkSignature = signatureChecker(config);
  const verified = new VerifiedTokens({ limit: rememberedTokens });

  const verifyAnew = async ({ token, tokenHash }: { readonly token: string; readonly tokenHash: string }): Promise<Principal | Refusal> => {
    const nowMs = clock.nowMs();
    const claims = await checkSignature({ token, now: new Date(nowMs) });
    if (claims === 'expired') return expired;
    const principal = claims === 'invalid' ? null : principalOf({ claims, tokenHash });
    if (principal === null) return invalid;
    const untilExpiryMs = (principal.expiresAtSeconds + toleranceSeconds) * 1000;
    const untilMs = config.kind === 'jwks' ? Math.min(untilExpiryMs, nowMs + withdrawnKeyMs) : untilExpiryMs;
    verified.keep({ tokenHash, principal, untilMs });
    return principal;
  };

  return {
    verify: (token) => {
      if (token.length > tokenLimit) return invalid;
      const tokenHash = hash('sha256', token, 'hex');
      return verified.find({ tokenHash, nowMs: clock.nowMs() }) ?? verifyAnew({ token, tokenHash });
    },
  };
}

// Always the same words: an answer that told a wrong signature from a wrong claim would help whoever guesses.
const invalid = refuse('AUTH_TOKEN_INVALID');
const expired = refuse('AUTH_TOKEN_EXPIRED');

const toleranceSeconds = 5;
const tokenLimit = 8 * 1024;
/** A key that its issuer withdrew stops counting after this time, also for tokens that are remembered. */
const withdrawnKeyMs = 5 * 60_000;

type SignatureChecker = (given: { readonly token: string; readonly now: Date }) => Promise<JWTPayload | 'expired' | 'invalid'>;

function signatureChecker(config: TokenVerifierConfig): SignatureChecker {
  const { key, options } = config.kind === 'secret' ? fromSecret(config.secret) : fromJwks(config);
  const fixed = { ...options, requiredClaims: ['sub', 'tenant_id', 'exp'], clockTolerance: toleranceSeconds } satisfies JWTVerifyOptions;
  return async ({ token, now }) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, key, { ...fixed, currentDate: now });
      return isUserToken(protectedHeader.typ) ? payload : 'invalid';
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired';
      if (isFaultOfToken(error)) return 'invalid';
      throw new Error('the token could not be checked', { cause: error });
    }
  };
}

interface KeyAndOptions {
  readonly key: JWTVerifyGetKey;
  readonly options: JWTVerifyOptions;
}

function fromSecret(secret: string): KeyAndOptions {
  const bytes = new TextEncoder().encode(secret);
  return { key: () => bytes, options: { algorithms: ['HS256'] } };
}

function fromJwks({ url, issuer, audience }: { readonly url: string; readonly issuer: string; readonly audience: string }): KeyAndOptions {
  return { key: createJwks(new URL(url)), options: { algorithms: ['RS256', 'ES256', 'EdDSA'], issuer, audience } };
}

/** Tokens of narrower use (a live room, a ticket) carry a type of their own and open no other door. */
function isUserToken(typ: string | undefined): boolean {
  return typ === undefined || /^(?:application\/)?(?:at\+)?jwt$/i.test(typ);
}

function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}
