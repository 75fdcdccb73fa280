// Temporal's native part, of which a process has one: its logs go where ours go, and signals are left to the composition root.
import { Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import type { LogLevel, LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Of several calls the first decides. */
export function installTemporalRuntime(log: Logger): void {
  if (Runtime._instance !== undefined) return;
  Runtime.install({
    logger: loggerOver(log.child({ part: 'temporal' })),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
}

interface ForwardingLogger {
  log(level: LogLevel, message: string, meta?: LogMetadata): void;
  trace(message: string, meta?: LogMetadata): void;
  debug(message: string, meta?: LogMetadata): void;
  info(message: string, meta?: LogMetadata): void;
  warn(message: string, meta?: LogMetadata): void;
  error(message: string, meta?: LogMetadata): void;
}

function loggerOver(log: Logger): ForwardingLogger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    log[levels[level]](named(meta), message);
  };
  return {
    log: write,
    trace: (message, meta) => { write('TRACE', message, meta); },
    debug: (message, meta) => { write('DEBUG', message, meta); },
    info: (message, meta) => { write('INFO', message, meta); },
    warn: (message, meta) => { write('WARN', message, meta); },
    error: (message, meta) => { write('ERROR', message, meta); },
  };
}

/** What the SDK tells as information (a worker's every step) is for debugging here. */
const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const satisfies Record<LogLevel, string>;

/** Errors are written whole only under the name the logger knows them by. */
function named({ error, ...rest }: LogMetadata): LogMetadata {
  return error === undefined ? rest : { ...rest, err: error as unknown };
}
