// An API process that may be killed and comes back at its address; entries are written by another process, this one, which lives on.
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';

export interface KillableApi {
  readonly writer: TestApi;
  /** The variables under which further processes join. */
  readonly environment: Readonly<Record<string, string>>;
  readonly first: ApiProcess;
  killFirst(): Promise<void>;
  startFirst(): Promise<void>;
  end(): Promise<void>;
}

export async function startKillableApi({ variables = {} }: { readonly variables?: Readonly<Record<string, string>> } = {}): Promise<KillableApi> {
  const writer = await startTestApi();
  const environment = { ...environmentFor({ ownerUrl: writer.database.ownerUrl, appUrl: writer.database.appUrl, temporalAddress: '127.0.0.1:1' }), ...variables };
  let first = await startApiProcess({ env: environment });
  const port = new URL(first.url).port;
  return {
    writer,
    environment,
    get first() {
      return first;
    },
    killFirst: () => first.kill9(),
    async startFirst() {
      first = await startApiProcess({ env: { ...environment, HOLDFAST_PORT: port } });
    },
    async end() {
      await first.stop();
      await writer.end();
    },
  };
}
