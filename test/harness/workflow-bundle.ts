// Bundles the workflows once for a whole test run.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

const entrance = join(import.meta.dirname, '..', '..', 'workflows', 'index.ts');

/** The path of the bundle; null while there are no workflows. */
export async function bundleWorkflows({ directory }: { directory: string }): Promise<string | null> {
  if (!existsSync(entrance)) return null;
  const { code } = await bundleWorkflowCode({ workflowsPath: entrance });
  const path = join(directory, 'workflow-bundle.js');
  await writeFile(path, code);
  return path;
}
