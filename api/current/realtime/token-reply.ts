// What the routes that give live tokens answer.
import { z } from 'zod';
import { liveTokenSeconds } from '../../auth/live-tokens.ts';

export const apiVersion = '1.0' as const;

export const tokenReply = z.strictObject({
  result: z.literal('yes'),
  response: z.strictObject({ expires_in: z.number().int(), auth_token: z.string() }),
  current_api_version: z.literal(apiVersion),
});

export function tokenAnswer(token: string): z.output<typeof tokenReply> {
  return { result: 'yes', response: { expires_in: liveTokenSeconds, auth_token: token }, current_api_version: apiVersion };
}
