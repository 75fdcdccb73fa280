// Where a test file runs: in Jest's own environment for Node, which ends what the file has started when its last hook is through.
import { TestEnvironment } from 'jest-environment-node';
import { endWhatIsLeft } from './ends-with-file.ts';
import type { FileGlobals } from './ends-with-file.ts';

export default class EndingEnvironment extends TestEnvironment {
  async handleTestEvent({ name }: { readonly name: string }): Promise<void> {
    if (name === 'run_finish') await endWhatIsLeft(this.global as FileGlobals);
  }
}
