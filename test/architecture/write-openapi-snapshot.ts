// Takes the document as it is now for the snapshot: `node test/architecture/write-openapi-snapshot.ts`, after a wanted change of the door.
import { writeFileSync } from 'node:fs';
import { snapshotFile, snapshotText } from './documented-api.ts';

writeFileSync(snapshotFile, snapshotText());
