// What runs in Temporal's sandbox: workflows, the domain, and the SDK they are written with; nothing that reads or writes by itself.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode } from '@temporalio/worker';
import { bundleWorkflows } from '../../activities/bundle-workflows.ts';

const mostCharacters = 2_200_000;
const allowedFolders = new Set(['workflows', 'domain']);
const allowedPackages = new Set(['@temporalio/common', '@temporalio/workflow', 'nexus-rpc', 'ms', 'long', 'zod', '@noble/hashes']);

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Contents {
  readonly characters: number;
  readonly strangers: readonly string[];
  readonly sources: readonly string[];
}

/** By the bundle's own source map, which names every file that went into it. */
function contentsOf(code: string): Contents {
  const [, encoded] = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)/.exec(code) ?? [];
  if (encoded === undefined) throw new Error('the bundle has no source map');
  const { sources } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sources: string[] };
  const files = sources.filter((source) => source.startsWith(root)).map((source) => source.slice(root.length));
  const homes = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.slice(0, file.indexOf('/')));
  return { characters: code.length, sources: files, strangers: [...new Set(homes.filter((home) => !allowedFolders.has(home) && !allowedPackages.has(home)))] };
}

describe('the bundle of the workflows', () => {
  it('when it is made, then only workflows, domain and the SDK are in it, and it stays small', async () => {
    const { code } = await bundleWorkflows();
    const { strangers, characters, sources } = contentsOf(code);

    expect(strangers).toEqual([]);
    expect(characters).toBeLessThan(mostCharacters);
    expect(sources).toContain('workflows/index.ts');
  });

  it('when a workflow imports the core of the ORM, as a control, then the ORM is found in it', async () => {
    const silent = () => undefined;
    const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };
    const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('leaky-workflow.ts', import.meta.url)), logger });
    const { strangers, characters } = contentsOf(code);

    expect(strangers).toContain('@mikro-orm/core');
    expect(characters).toBeGreaterThan(mostCharacters);
  });
});
