// Ports that stay the same from one start to the next, as long as nobody else took them meanwhile.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { freePort, isPortFree } from '../process/tcp-port.ts';
import type { DataFolder } from './data-folder.ts';
import { writePrivately } from './private-file.ts';

const portsSchema = z.record(z.string(), z.int().min(1).max(65_535));

export async function keptPort({ folder, name }: { folder: DataFolder; name: 'postgres' | 'temporal' }): Promise<number> {
  const kept = readPorts(folder)[name];
  if (kept !== undefined && (await isPortFree(kept))) return kept;
  const port = await freePort();
  writePrivately(folder.ports, JSON.stringify({ ...readPorts(folder), [name]: port }));
  return port;
}

function readPorts(folder: DataFolder): Record<string, number> {
  try {
    const parsed = portsSchema.safeParse(JSON.parse(readFileSync(folder.ports, 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    // Never written, or damaged: any free port does.
    return {};
  }
}
