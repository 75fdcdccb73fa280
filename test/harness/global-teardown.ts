// After the tests that needed servers: ends the servers and removes their folder.
import { tearDown } from './teardown.ts';

export default async function globalTeardown(): Promise<void> {
  await tearDown();
}
