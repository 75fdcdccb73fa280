// The names of everything in the data folder, and the making of the folder itself.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface DataFolder {
  readonly directory: string;
  readonly secrets: string;
  readonly logs: string;
  readonly files: string;
  readonly temporal: string;
  readonly postgres: string;
  readonly lock: string;
  readonly holder: string;
  readonly runtime: string;
  readonly processes: string;
  readonly ports: string;
}

/** Names only: nothing is touched. */
export function dataFolderAt(directory: string): DataFolder {
  const whole = resolve(directory);
  return {
    directory: whole,
    secrets: join(whole, 'secrets'),
    logs: join(whole, 'logs'),
    files: join(whole, 'files'),
    temporal: join(whole, 'temporal'),
    postgres: join(whole, 'postgres'),
    lock: join(whole, 'lock'),
    holder: join(whole, 'holder.json'),
    runtime: join(whole, 'runtime.json'),
    processes: join(whole, 'processes.json'),
    ports: join(whole, 'ports.json'),
  };
}

export function makeDataFolder(folder: DataFolder): void {
  // Started as root, PostgreSQL runs as another user, who has to get through to its own folder but need not list this one.
  const startedAsRoot = process.getuid?.() === 0;
  mkdirSync(folder.directory, { recursive: true, mode: startedAsRoot ? 0o711 : 0o700 });
  for (const directory of [folder.secrets, folder.logs, folder.files, folder.temporal]) mkdirSync(directory, { recursive: true, mode: 0o700 });
}
