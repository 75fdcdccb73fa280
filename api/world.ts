// Everything the REST door needs from outside itself; a composition root makes it, tests make a small one.
import type { Logger } from 'pino';
import type { Store } from '../db/store.ts';
import type { Cursors } from '../domain/cursor/cursor.ts';
import type { RateLimits } from '../domain/rate-limit/rate-limits.ts';
import type { Clock } from '../domain/shared/clock.ts';
import type { Ids } from '../domain/shared/ids.ts';
import type { checkText } from '../domain/summary/check-text.ts';
import type { AccessGate } from './auth/access-gate.ts';
import type { LiveTokens } from './auth/live-tokens.ts';
import type { TokenVerifier } from './auth/token-verifier.ts';
import type { SummaryCarrier } from './current/summary/summary-carrier.ts';
import type { Metrics } from './metrics.ts';
import type { Dependencies } from './ops/dependencies.ts';
import type { JobStarter } from './v1/jobs/job-starter.ts';

export interface ApiWorld extends Omit<Store, 'close'> {
  readonly version: string;
  /** Another one after each start: clients tell by it that the process was restarted. */
  readonly processSession: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly cursors: Cursors;
  readonly verifier: TokenVerifier;
  readonly access: AccessGate;
  readonly liveTokens: LiveTokens;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
  readonly dependencies: Dependencies;
  readonly jobStarter: JobStarter;
  /** Where exports and archives lie, written by the workers. All processes of the installation see the same folder. */
  readonly filesDir: string;
  /** Null where no model is set up: then summaries are put together from the events alone. */
  readonly summaries: SummaryCarrier | null;
  /** Another one only in tests, which show by it what checking is good for. */
  readonly checkSummary?: typeof checkText;
  /** Of the identity provider's webhook; none means that it is not set up. */
  readonly identitySecrets: readonly string[];
  /** True for a failure that says a part is away for now: the caller is told to come back instead of that we are broken. */
  isUnreachable(failure: unknown): boolean;
}
