// `npm start`: a whole installation from one data folder, until Ctrl-C.
import { dataFolderAt, makeDataFolder } from './data-folder/data-folder.ts';
import { takeInstallationLock } from './data-folder/installation-lock.ts';
import { onStopRequest } from './process/stop-request.ts';
import { configureOrExit } from './root/configure.ts';
import { exitCodes } from './root/exit-codes.ts';
import { announceOn } from './up/announce.ts';
import { firstSteps } from './up/first-steps.ts';
import { Installation } from './up/installation.ts';

const killLimitMs = 5_000;

const configuration = configureOrExit();
const folder = dataFolderAt(configuration.dataDir);
makeDataFolder(folder);
const lock = await takeInstallationLock(folder);
if (!lock.taken) {
  const who = lock.holder === null ? 'another process' : `process ${String(lock.holder.pid)}, since ${lock.holder.since}`;
  process.stderr.write(`Holdfast already runs from ${folder.directory} (${who}).\nStop it first, or set HOLDFAST_DATA_DIR to another folder.\n`);
  process.exit(exitCodes.failed);
}

const { release } = lock;

// A terminal that was closed is no reason to leave servers running: the signal that goes with it stops us in order.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const announce = announceOn(process.stdout);
const installation = new Installation({ configuration, folder, environment: process.env, announce });
let stopping = false;
onStopRequest({
  stop(why) {
    void stopAndExit({ why: `${why}; once more to stop at once`, code: exitCodes.ok });
  },
  kill() {
    announce('Holdfast', 'stopping at once');
    setTimeout(() => process.exit(exitCodes.interrupted), killLimitMs);
    void installation.kill().finally(() => process.exit(exitCodes.interrupted));
  },
});
process.on('uncaughtException', (error) => {
  void stopAndExit({ why: error.stack ?? error.message, code: exitCodes.failed });
});

announce('Data folder', `${folder.directory} (logs in ${folder.logs})`);
void installation.lost.then((why) => stopAndExit({ why, code: exitCodes.failed }));
try {
  const url = await installation.start();
  announce('API', url);
  process.stdout.write(await firstSteps({ url, configuration, folder }));
} catch (error) {
  await stopAndExit({ why: error instanceof Error ? error.message : String(error), code: exitCodes.failed });
}

async function stopAndExit({ why, code }: { why: string; code: number }): Promise<void> {
  if (stopping) return;
  stopping = true;
  announce('Holdfast', `stopping (${why})`);
  await installation.stop();
  release();
  announce('Holdfast', 'stopped');
  process.exit(code);
}
