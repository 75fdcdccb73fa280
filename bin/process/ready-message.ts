// What a child process tells whoever started it once it serves.
import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';

const readySchema = z.object({ kind: z.literal('ready'), url: z.string().nullable() });
export type ReadyMessage = z.output<typeof readySchema>;

/** Does nothing when nobody listens. */
export function tellReady(url: string | null): void {
  const message: ReadyMessage = { kind: 'ready', url };
  process.send?.(message);
}

export function readyOf(child: ChildProcess): Promise<ReadyMessage> {
  return new Promise((resolve) => {
    child.on('message', (message: unknown) => {
      const parsed = readySchema.safeParse(message);
      if (parsed.success) resolve(parsed.data);
    });
  });
}
