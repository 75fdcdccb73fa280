// `npm run migrate`: brings the database of an installation to the shape this release needs.
import { migrate } from '../db/migrate.ts';
import { loginOf } from './config/login-of.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';

const { ownerUrl, appUrl, prunerUrl } = joinOrExit(configureOrExit(), ['ownerUrl', 'appUrl', 'prunerUrl', 'cursorSecret']);
const { applied, epochsChanged, textIndexUsed } = await migrate({ ownerUrl, appRole: loginOf(appUrl), prunerRole: loginOf(prunerUrl) });
process.stdout.write(applied.length === 0 ? 'The database was up to date.\n' : `Applied: ${applied.join(', ')}\n`);
if (epochsChanged) process.stdout.write('This is another copy of the database than before: every cursor made so far is refused from now on.\n');
if (!textIndexUsed) process.stdout.write('The owner of the database may not make a role with BYPASSRLS: free text search works, without its index.\n');
