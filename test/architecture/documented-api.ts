// The document of the real list of routes, as the snapshot keeps it.
import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../api/docs/openapi-document.ts';
import type { OpenApiDocument } from '../../api/docs/openapi-document.ts';
import { routes } from '../../api/routes.ts';
import { doorPages } from '../../realtime/hub/door-pages.ts';

export const snapshotFile = new URL('openapi.snapshot.json', import.meta.url);

/** The version of the release would change the snapshot without a change of the door. */
export function currentDocument(): OpenApiDocument {
  return openApiDocument({ routes, doors: Object.values(doorPages), version: '0' });
}

export function snapshotText(): string {
  return `${JSON.stringify(currentDocument(), null, 2)}\n`;
}

export function keptDocument(): unknown {
  return JSON.parse(readFileSync(snapshotFile, 'utf8'));
}
