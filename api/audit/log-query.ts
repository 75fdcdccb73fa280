// Query parameters that the logs of the /api dialect have in common: a page by offset, an order, a stretch of time.
import { z } from 'zod';
import { formatInstant, parseInstant } from '../../domain/shared/instant.ts';
import { queryInteger } from '../route/query-values.ts';

export const shortText = z.string().max(256, 'expected at most 256 characters');

const mostRows = 1_000;
const farthestOffset = 1_000_000;

/** `sortBy` names a column; one that is not known is passed over, as clients of this dialect expect. */
export const pageQuery = {
  offset: queryInteger({ min: 0, max: farthestOffset }).optional(),
  sortBy: shortText.optional(),
  sortOrder: z.enum(['asc', 'desc'], 'expected asc or desc').optional(),
};

export function limitOf() {
  return queryInteger({ min: 1, max: mostRows }).optional();
}

/** A day stands for its first instant. */
export const fromInstant = instant(0);
/** Up to it and with it; a day stands for all of it. */
export const throughInstant = instant(24 * 60 * 60 * 1_000_000 - 1);

function instant(dayMicros: number) {
  return z
    .string()
    .transform((text, context) => {
      const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
      const micros = parseInstant(isDay ? `${text}T00:00:00Z` : text);
      if (micros !== null) return formatInstant(isDay ? micros + dayMicros : micros);
      context.addIssue({ code: 'custom', message: 'expected an ISO 8601 date or instant' });
      return z.NEVER;
    })
    .meta({ type: 'string', format: 'date-time' })
    .optional();
}
