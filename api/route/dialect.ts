// A dialect: one family of paths with its own words for a refusal.
import type { z } from 'zod';
import type { LimitStanding } from '../../domain/rate-limit/rate-limits.ts';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';

export interface Dialect {
  readonly name: string;
  /** These paths and all below them speak it also where no route stands; none unless given. */
  readonly paths?: readonly string[];
  statusOf(code: RefusalCode): number;
  /** What a path answers whose params cannot name anything: by default that there is nothing. */
  readonly badParams?: 'NOT_FOUND' | 'VALIDATION_FAILED';
  /** A refusal of its own for a path where no route stands; null for the usual one. */
  noSuchPath?(path: string): Refusal | null;
  translate(refused: RefusedRequest): Problem;
  /** How it tells a caller what is left of a limit, on every answer; as v1 does unless given. */
  limitHeaders?(standing: LimitStanding): Readonly<Record<string, string>>;
  /** The shape of the body of every refusal with one of these codes; for the document. */
  documentProblem(codes: readonly RefusalCode[]): z.ZodType;
}

export interface RefusedRequest {
  readonly refusal: Refusal;
  readonly requestId: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
}

/** A refusal in the words of HTTP. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text is sent as it stands, anything else as JSON. */
  readonly body: unknown;
}
