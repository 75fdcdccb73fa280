// What the parts of an export are called: to whoever fetches them, and in the folder they lie in.
import type { ExportForm } from './export.schema.ts';

/** `part-00001.csv.gz`. */
export function partName(number: number, { format, compress }: ExportForm): string {
  return `part-${String(number).padStart(5, '0')}.${format}${compress === 'gzip' ? '.gz' : ''}`;
}

/** Null for what no part can be called. */
export function partNumber(name: string, form: ExportForm): number | null {
  const number = Number(/^part-(\d{5,9})\./.exec(name)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(number) && number > 0 && partName(number, form) === name ? number : null;
}

/** Each attempt has names of its own: what one writes, another never writes over. */
export function partFile(number: number, { fence, form }: { readonly fence: number; readonly form: ExportForm }): string {
  return `${String(fence)}-${partName(number, form)}`;
}

export function mediaTypeOf({ format, compress }: ExportForm): string {
  return compress === 'gzip' ? 'application/gzip' : mediaTypes[format];
}

export const mediaTypes = { csv: 'text/csv; charset=utf-8', json: 'application/json', ndjson: 'application/x-ndjson' } as const;
