// Runs one of our programs under the Node that the project brings along, on any Node from 20: installs what is missing first.
// Plain ECMAScript without dependencies: nothing is installed yet when it starts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestMajor = 24;
/** npm passes a Ctrl-C on although the terminal has told the whole group already: what comes this close together is one request. */
const sameRequestMs = 300;
const parentLookMs = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

const [target, ...args] = process.argv.slice(2);
if (target === undefined) fail('usage: node bin/bootstrap.mjs <file.ts> [arguments]');
if (!isInstalled()) await install();
await run(findNode());

/** Every package of the lockfile is there in its version; those for other platforms may be absent. */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null) fail('package-lock.json is missing or damaged');
  if (present === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    const there = present[path];
    if (path === '') return true;
    return there === undefined ? optional === true || devOptional === true : there.version === version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}

async function install() {
  process.stderr.write('Installing what package-lock.json lists (npm ci) …\n');
  const started = Date.now();
  // npm names itself when it runs us; the one that is running is the one to use.
  const npm = process.env.npm_execpath;
  const [file, first] = npm !== undefined && npm.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const code = await follow(spawn(file, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2], detached: true }));
  if (code !== 0) fail(`npm ci failed (exit code ${code}): see above`);
  process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/** The project's own Node, else the one we run under if it is new enough. */
function findNode() {
  const own = join(root, 'node_modules', '.bin', 'node');
  if (majorOf(own) >= oldestMajor) return own;
  if (majorOf(process.execPath) >= oldestMajor) return process.execPath;
  return fail(
    [
      `Holdfast needs Node ${oldestMajor}; this is ${process.version}, and the npm package "node", which brings it along, is not in place.`,
      existsSync(join(root, 'node_modules', 'node'))
        ? 'Its install script did not run: scripts are switched off (npm config get ignore-scripts). Run "npm rebuild node --ignore-scripts=false".'
        : 'Run "npm ci".',
      `Or start with Node ${oldestMajor} or newer.`,
    ].join('\n'),
  );
}

function majorOf(node) {
  const asked = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return asked.status === 0 ? Number(/^v(\d+)\./.exec(asked.stdout)?.[1]) : 0;
}

/**
 * The channel tells the program that we are gone, should we be killed without a word. It has a group of its own, so that a
 * signal to ours reaches it once, through us.
 */
async function run(node) {
  const child = spawn(node, [target, ...args], { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  process.exit(await follow(child));
}

/** Passes signals on, each request once, until the child has ended; answers with its exit code. */
function follow(child) {
  const lastMs = new Map();
  const pass = (signal) => {
    const nowMs = performance.now();
    if (nowMs - (lastMs.get(signal) ?? -Infinity) < sameRequestMs) return;
    lastMs.set(signal, nowMs);
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  const parentWatch = whenParentEnds(() => pass('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => fail(`${child.spawnfile} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      clearInterval(parentWatch);
      resolve(code ?? 128 + (numbers[signal] ?? 0));
    });
  });
}

/**
 * npm runs us through a shell and hands its own SIGTERM to that shell, which ends without telling us. Started by anything
 * else (nohup, a supervisor) a changed parent means nothing.
 */
function whenParentEnds(then) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    then();
  }, parentLookMs);
  return watch;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
