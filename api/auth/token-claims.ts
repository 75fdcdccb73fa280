// The claims of a token, and how a principal follows from them.
import { z } from 'zod';
import type { Principal } from '../../domain/access/principal.ts';
import { producerId } from '../../domain/shared/ids.ts';

/** Claims that are not listed are left alone: a token is made by others, for others too. Those that are listed must be right. */
const tokenClaims = z.looseObject({
  sub: producerId,
  tenant_id: producerId,
  exp: z.number(),
  iat: z.number().optional(),
  email: z.string().max(320).nullish(),
  name: z.string().max(256).nullish(),
  groups: z.array(z.string().min(1).max(256)).max(1000).optional(),
  sid: visibleText(256).optional(),
  jti: visibleText(256).optional(),
  iss: z.string().max(1024).optional(),
  idp: z.string().max(1024).optional(),
  scope: z.string().max(4096).optional(),
  act: z.looseObject({ client_id: visibleText(256).optional(), sub: visibleText(256).optional() }).optional(),
  entities: z
    .array(z.string().regex(/^[a-z]+:[A-Za-z0-9_-]{1,64}$/))
    .max(1000)
    .optional(),
});

/** Null when a claim is missing or wrong. `tokenHash` names the session of a token that names none. */
export function principalOf({ claims, tokenHash }: { readonly claims: unknown; readonly tokenHash: string }): Principal | null {
  const parsed = tokenClaims.safeParse(claims);
  if (!parsed.success) return null;
  const { sub, tenant_id, exp, iat, email, name, groups, sid, jti, iss, idp, scope, act, entities } = parsed.data;
  return Object.freeze({
    tenantId: tenant_id,
    userId: sub,
    scopes: new Set(scope?.split(' ').filter((word) => word !== '')),
    email: email ?? null,
    name: name ?? null,
    groups: groups ?? [],
    sessionId: sid ?? jti ?? tokenHash,
    namesSession: sid !== undefined,
    issuedAtSeconds: iat ?? null,
    expiresAtSeconds: exp,
    serviceAccount: act?.client_id ?? act?.sub ?? null,
    idp: idp ?? iss ?? null,
    entities: entities ?? null,
  });
}

/** Ids that others chose: anything that can be seen, so that they can stand in a path and in a log line. */
function visibleText(max: number) {
  return z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]+$/);
}
