// Whatever way a test run ends, its servers end with it.
import type { TestServers } from './test-servers.ts';

interface Holder {
  holdfastTestServers?: TestServers | undefined;
}

/** Set-up and teardown are loaded apart from each other: the process is what they share. */
const holder = process as NodeJS.Process & Holder;
const interrupted = 130;

export function keepForTeardown(servers: TestServers): void {
  holder.holdfastTestServers = servers;
}

export async function tearDown(): Promise<void> {
  const servers = holder.holdfastTestServers;
  holder.holdfastTestServers = undefined;
  await servers?.end();
}

/** From before the first server is started: a Ctrl-C during the set-up must leave nothing either. */
export function endOnSignals(end: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      const exit = (): void => {
        process.exit(interrupted);
      };
      end().then(exit, exit);
    });
  }
}
