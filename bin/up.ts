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
const installation = new Installation({
  configuration,
  folder,
  environment: process.env,
  announce,
  onLost: (why) => {
    stopAndExit({ why, code: exitCodes.failed });
  },
});
let stopping = false;
onStopRequest({
  stop: (why) => {
    stopAndExit({ why: `${why}; once more to stop at once`, code: exitCodes.ok });
  },
  kill: killAndExit,
});
process.on('uncaughtException', (error) => {
  stopAndExit({ why: error.stack ?? error.message, code: exitCodes.failed });
});

announce('Data folder', `${folder.directory} (logs in ${folder.logs})`);
try {
  const url = await installation.start();
  announce('API', url);
  process.stdout.write(await firstSteps({ url, configuration, folder }));
} catch (error) {
  stopAndExit({ why: error instanceof Error ? error.message : String(error), code: exitCodes.failed });
}

function stopAndExit({ why, code }: { why: string; code: number }): void {
  if (stopping) return;
  stopping = true;
  announce('Holdfast', `stopping (${why})`);
  installation.stop().then(
    () => {
      release();
      announce('Holdfast', 'stopped');
      process.exit(code);
    },
    (error: unknown) => {
      announce('Holdfast', `could not stop in order (${String(error)}): stopping at once`);
      killAndExit();
    },
  );
}

function killAndExit(): void {
  announce('Holdfast', 'stopping at once');
  const exit = (): void => {
    process.exit(exitCodes.interrupted);
  };
  setTimeout(exit, killLimitMs);
  installation.kill().then(exit, exit);
}
