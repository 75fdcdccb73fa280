// Bundles the workflows once for a whole test run.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflows } from '../../activities/bundle-workflows.ts';

/** The path of the bundle, for `workflowBundle: { codePath }`. */
export async function writeWorkflowBundle({ directory }: { directory: string }): Promise<string> {
  const { code } = await bundleWorkflows();
  const path = join(directory, 'workflow-bundle.js');
  await writeFile(path, code);
  return path;
}
