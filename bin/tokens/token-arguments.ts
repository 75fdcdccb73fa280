// Reads the arguments of `npm run token` and reports everything that is wrong with them at once.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { producerId } from '../../domain/shared/ids.ts';
import type { TokenClaims } from './sign-token.ts';

export type TokenArguments =
  | { readonly ok: true; readonly claims: TokenClaims; readonly lifetimeSeconds: number }
  | { readonly ok: false; readonly problems: readonly string[] };

export const tokenUsage = 'npm run token -- --tenant t --sub u --scope "…" [--expires 12h] [--email e] [--name n] [--groups a,b] [--sid s]';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const lifetime = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'expected a number and s, m, h or d, such as 12h')
  .transform((text) => Number(text.slice(0, -1)) * (secondsOf[text.slice(-1)] ?? 1));

const argumentsSchema = z.object({
  tenant: producerId,
  sub: producerId,
  scope: z.string().optional(),
  expires: lifetime.prefault('12h'),
  email: z.email('expected an e-mail address').optional(),
  name: z.string().optional(),
  groups: z
    .string()
    .transform((text) => text.split(',').map((group) => group.trim()))
    .pipe(z.array(producerId))
    .optional(),
  sid: z.string().optional(),
});

const optionNames = Object.keys(argumentsSchema.shape);

export function readTokenArguments(args: readonly string[]): TokenArguments {
  let values: unknown;
  try {
    const options = Object.fromEntries(optionNames.map((name) => [name, { type: 'string' as const }]));
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return { ok: false, problems: [error instanceof Error ? error.message : String(error)] };
  }
  const parsed = argumentsSchema.safeParse(values);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map((issue) => `--${String(issue.path[0])}: ${issue.message}`) };
  const { tenant, sub, scope, expires, email, name, groups, sid } = parsed.data;
  return { ok: true, claims: { tenantId: tenant, userId: sub, scope, email, name, groups, sessionId: sid }, lifetimeSeconds: expires };
}
