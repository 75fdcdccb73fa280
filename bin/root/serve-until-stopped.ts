// The life of a serving process: start, say so, stop in order when asked, never longer than its limit.
import type { Logger } from 'pino';
import { tellReady } from '../process/ready-message.ts';
import { onStopRequest } from '../process/stop-request.ts';
import { exitCodes } from './exit-codes.ts';
import { hasCode } from '../process/error-code.ts';

export interface Serving {
  /** Null for what has no address. */
  readonly url: string | null;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly logger: Logger;
  readonly stopLimitMs: number;
  /** Given up by raising the signal. */
  start(signal: AbortSignal): Promise<Serving>;
}

export async function serveUntilStopped({ logger, stopLimitMs, start }: ServeOptions): Promise<void> {
  const stopping = new AbortController();
  const asked = new Promise<string>((resolve) => {
    onStopRequest({
      stop(why) {
        stopping.abort(new Error(why));
        resolve(why);
      },
      kill() {
        process.exit(exitCodes.interrupted);
      },
    });
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an error that nobody caught');
    process.exit(exitCodes.failed);
  });

  const started = start(stopping.signal);
  const serving = await started.catch((error: unknown) => {
    if (stopping.signal.aborted) process.exit(exitCodes.ok);
    logger.fatal({ err: error }, 'did not start');
    process.exit(isHopeless(error) ? exitCodes.configuration : exitCodes.failed);
  });
  logger.info({ url: serving.url }, 'serving');
  tellReady(serving.url);

  const why = await asked;
  logger.info({ why }, 'stopping');
  const limit = setTimeout(() => {
    logger.error({ stopLimitMs }, 'did not stop within its limit');
    process.exit(exitCodes.failed);
  }, stopLimitMs);
  await serving.stop();
  clearTimeout(limit);
  logger.info('stopped');
  process.exit(exitCodes.ok);
}

/** An address that cannot be listened on stays so until somebody changes something. */
function isHopeless(error: unknown): boolean {
  return hasCode(error, 'EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL');
}
