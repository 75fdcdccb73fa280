// The manifest of an export: what is signed about its files, as a text that always has the same bytes.
import { canonicalJson } from '../shared/json.ts';
import type { JsonObject } from '../shared/json.ts';
import type { ExportForm } from './export.schema.ts';

export interface ManifestPart {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the file as it is fetched, in hex. */
  readonly sha256: string;
}

export interface Manifest extends ExportForm {
  readonly tenant: string;
  readonly exportId: string;
  readonly columns: readonly string[];
  readonly filter: JsonObject;
  readonly asOfSeq: number;
  readonly epoch: string;
  readonly rows: number;
  readonly parts: readonly ManifestPart[];
  readonly requestedBy: string;
  readonly createdAt: string;
  readonly signedAt: string;
  readonly keyId: string;
}

/** Names its own purpose: nothing else that is signed with the same key can be passed off as one. */
export function manifestBody(manifest: Manifest): string {
  const { tenant, exportId, format, compress, columns, filter, asOfSeq, epoch, rows, parts, requestedBy, createdAt, signedAt, keyId } = manifest;
  return canonicalJson({
    type: 'holdfast.export-manifest',
    version: 1,
    tenant,
    export: exportId,
    format,
    compress,
    columns,
    filter,
    as_of_seq: asOfSeq,
    epoch,
    rows,
    parts: parts.map(({ name, rows: partRows, bytes, sha256 }) => ({ name, rows: partRows, bytes, sha256 })),
    requested_by: requestedBy,
    created_at: createdAt,
    signed_at: signedAt,
    key_id: keyId,
  });
}
