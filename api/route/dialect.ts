// A dialect: one family of paths with its own words for a refusal.
import type { z } from 'zod';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';

export interface Dialect {
  readonly name: string;
  /** Paths beginning with it speak this dialect also where no route stands. */
  readonly pathPrefix: string;
  statusOf(code: RefusalCode): number;
  translate(refused: { readonly refusal: Refusal; readonly requestId: string }): Problem;
  /** The shape of the body of every refusal with one of these codes; for the document. */
  documentProblem(codes: readonly RefusalCode[]): z.ZodType;
}

/** A refusal in the words of HTTP. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
