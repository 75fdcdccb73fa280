// `npm run migrate`: brings the database of an installation to the shape this release needs.
import { migrate } from '../db/migrate.ts';
import { loginOf } from './config/login-of.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';

const { ownerUrl, appUrl } = joinOrExit(configureOrExit(), ['ownerUrl', 'appUrl', 'cursorSecret']);
const { applied, epochsChanged } = await migrate({ ownerUrl, appRole: loginOf(appUrl) });
process.stdout.write(applied.length === 0 ? 'The database was up to date.\n' : `Applied: ${applied.join(', ')}\n`);
if (epochsChanged) process.stdout.write('This is another copy of the database than before: every cursor made so far is refused from now on.\n');
