// How the test files learn where the servers of their run are.
import { z } from 'zod';

const schema = z.object({
  /** The owner's address of the server's maintenance database. */
  serverUrl: z.string(),
  templateDatabase: z.string(),
  appRole: z.object({ name: z.string(), password: z.string() }),
  prunerRole: z.object({ name: z.string(), password: z.string() }),
  temporal: z.discriminatedUnion('available', [
    z.object({ available: z.literal(true), address: z.string(), namespace: z.string() }),
    z.object({ available: z.literal(false), why: z.string() }),
  ]),
  /** The workflows, bundled once for the run: for `workflowBundle: { codePath }`. */
  workflowBundle: z.string(),
});
export type PublishedServers = z.output<typeof schema>;

const variable = 'HOLDFAST_TEST_SERVERS';

export function publishServers(servers: PublishedServers): void {
  process.env[variable] = JSON.stringify(servers);
}

export function testServers(): PublishedServers {
  const text = process.env[variable];
  if (text === undefined) throw new Error('this test needs servers: its name must end in .route, .workflow or .contract.test.ts');
  return schema.parse(JSON.parse(text));
}

/** Fails the test when there is none: a test that needs Temporal is never passed over. */
export function testTemporal(): { readonly address: string; readonly namespace: string } {
  const { temporal } = testServers();
  if (!temporal.available) throw new Error(`this test needs a Temporal server and none could be had: ${temporal.why}`);
  return temporal;
}
