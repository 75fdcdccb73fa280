// Before the tests that need servers: one PostgreSQL and one Temporal server for all of them, on free ports, in a folder thrown away afterwards.
import { startTestServers, sweepLeftRuns } from './test-servers.ts';
import { publishServers } from './published-servers.ts';
import { keepForTeardown } from './teardown.ts';

export default async function globalSetup(): Promise<void> {
  await sweepLeftRuns();
  const servers = await startTestServers();
  keepForTeardown(servers);
  publishServers(servers.published);
}
