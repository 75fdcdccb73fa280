// Every history that was recorded replays with the workflows as they are now: what is under way when a release comes goes on.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { pino } from 'pino';
import { bundleWorkflows } from '../../activities/bundle-workflows.ts';
import { installTemporalRuntime } from '../../activities/temporal-runtime.ts';
import { carriers } from '../../workflows/carriers.messages.ts';
import { lockoutWorkflowType } from '../../workflows/lockout/lockout.messages.ts';
import { eventSummaryWorkflowType } from '../../workflows/summary/event-summary.messages.ts';

interface RecordedHistory {
  readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string }; readonly workflowId: string } }[];
}

const directory = join(import.meta.dirname, '..', 'histories');
const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
const histories = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8')) as RecordedHistory]));

function startOf(name: string): { readonly type: string; readonly workflowId: string } {
  const started = histories.get(name)?.events[0]?.workflowExecutionStartedEventAttributes;
  if (started === undefined) throw new Error(`${name} does not begin with the start of a workflow`);
  return { type: started.workflowType.name, workflowId: started.workflowId };
}

function replayed(workflowBundle: WorkflowBundle, name: string): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle, replayName: name }, histories.get(name), startOf(name).workflowId);
}

beforeAll(() => {
  installTemporalRuntime(pino({ level: 'silent' }));
});

describe('when the workflows are as they are now', () => {
  let bundle: WorkflowBundle;
  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  it.each(names)('then %s replays', async (name) => {
    await replayed(bundle, name);
  });

  it('then each of them has a recorded history', () => {
    const recorded = new Set(names.map((name) => startOf(name).type));
    const types = [...Object.values(carriers).map(({ workflowType }) => workflowType), lockoutWorkflowType, eventSummaryWorkflowType];

    expect(types.filter((type) => !recorded.has(type))).toEqual([]);
  });
});

describe('when a workflow was changed without regard for those under way, as a control', () => {
  let bundle: WorkflowBundle;
  beforeAll(async () => {
    const silent = () => undefined;
    const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };
    bundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('changed-workflows.ts', import.meta.url)), logger });
  });

  it.each(['checkpoint.completed.json', 'checkpoint.running.json', 'checkpoint.scheduled.json', 'partitions-ahead.completed.json'])('then %s does not replay', async (name) => {
    await expect(replayed(bundle, name)).rejects.toThrow(/Nondeterminism/);
  });
});
