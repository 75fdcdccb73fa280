// Tokens of narrower use, made by Holdfast itself: one opens the activity socket of a profile, the other one room; neither opens anything else.
import { hkdfSync } from 'node:crypto';
import { SignJWT, decodeJwt, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { Principal } from '../../domain/access/principal.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';

export type LiveTokenScope = 'websocket' | 'realtime';

export const liveTokenSeconds = 86_400;

export interface LiveToken {
  readonly scope: LiveTokenScope;
  /** The profile or room it is bound to. */
  readonly profileId: string;
  readonly principal: Principal;
}

export interface LiveTokens {
  make(token: LiveToken): Promise<string>;
  /** Refused with BAD_REQUEST: no JWT, or of the other scope; FORBIDDEN: forged or expired; INTERNAL: signed by us and yet not complete. */
  read(text: string, scope: LiveTokenScope): Promise<LiveToken | Refusal>;
}

export interface LiveTokensParts {
  /** Any secret that all processes of the installation share; the key is derived from it and serves nothing else. */
  readonly secret: string;
  readonly clock: Clock;
}

/** The rights in it are those of the user's token; what they come to is decided when it is used. */
export function createLiveTokens({ secret, clock }: LiveTokensParts): LiveTokens {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'holdfast live tokens', 32));
  return {
    async make({ scope, profileId, principal }) {
      const { tenantId, userId, scopes, email, name, groups, sessionId, namesSession, issuedAtSeconds, serviceAccount, idp, entities } = principal;
      const nowSeconds = Math.floor(clock.nowMs() / 1000);
      const claims = {
        tenant_id: tenantId,
        scope,
        profile_id: profileId,
        ...(scope === 'realtime' ? { room_id: profileId } : {}),
        sid: sessionId,
        ...(namesSession === undefined ? {} : { names_session: namesSession }),
        user: { scopes: [...scopes], email, name, groups, issued_at: issuedAtSeconds, service_account: serviceAccount, idp, entities },
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: liveTokenType })
        .setSubject(userId)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + liveTokenSeconds)
        .sign(key);
    },
    async read(text, scope) {
      if (!isJwt(text)) return notAToken;
      const claims = await verified({ text, key, now: new Date(clock.nowMs()) });
      if (claims === null) return refuse('FORBIDDEN', { message: 'The token is not one of ours, or has expired.' });
      const parsed = liveClaims.safeParse(claims);
      if (!parsed.success) return refuse('INTERNAL', { message: 'The token is not complete.' });
      if (parsed.data.scope !== scope) return refuse('BAD_REQUEST', { message: `The token is not one of the scope ${scope}.` });
      const { profile_id: profileId, tenant_id: tenantId, sub: userId, sid: sessionId, names_session: namesSession, exp, user } = parsed.data;
      return {
        scope,
        profileId,
        principal: Object.freeze({
          tenantId,
          userId,
          scopes: new Set(user.scopes),
          email: user.email,
          name: user.name,
          groups: user.groups,
          sessionId,
          ...(namesSession === undefined ? {} : { namesSession }),
          issuedAtSeconds: user.issued_at,
          expiresAtSeconds: exp,
          serviceAccount: user.service_account,
          idp: user.idp,
          entities: user.entities,
        }),
      };
    },
  };
}

/** A type of its own: no door for users' tokens takes it. */
export const liveTokenType = 'holdfast-live+jwt';

const notAToken = refuse('BAD_REQUEST', { message: 'The token is not a JWT.' });

const liveClaims = z.object({
  sub: producerId,
  tenant_id: producerId,
  exp: z.number(),
  scope: z.string(),
  profile_id: producerId,
  sid: z.string(),
  names_session: z.boolean().optional(),
  user: z.object({
    scopes: z.array(z.string()),
    email: z.string().nullable(),
    name: z.string().nullable(),
    groups: z.array(z.string()),
    issued_at: z.number().nullable(),
    service_account: z.string().nullable(),
    idp: z.string().nullable(),
    entities: z.array(z.string()).nullable(),
  }),
});

function isJwt(text: string): boolean {
  if (text.length > tokenLimit || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return false;
  try {
    decodeJwt(text);
    return true;
  } catch {
    return false;
  }
}

const tokenLimit = 16 * 1024;

/** Null when it is forged, of another kind, or expired. */
async function verified({ text, key, now }: { text: string; key: Uint8Array; now: Date }): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(text, key, { algorithms: ['HS256'], typ: liveTokenType, currentDate: now });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
