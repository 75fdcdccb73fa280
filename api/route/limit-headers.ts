// How v1 and the audit dialect tell a caller what is left of a limit.
import type { LimitStanding } from '../../domain/rate-limit/rate-limits.ts';

export function limitHeaders({ points, remaining, resetAtMs }: LimitStanding): Record<string, string> {
  return {
    'x-ratelimit-limit': String(points),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(resetAtMs / 1000)),
  };
}
