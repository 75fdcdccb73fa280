// The logger of every process: JSON lines, and never a token, whatever is logged.
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export interface LoggerOptions {
  /** Which kind of process this is: `api`, `worker`, … */
  readonly service: string;
  readonly level: string;
  readonly destination?: DestinationStream;
}

export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: { paths: secretPaths, censor: '[redacted]' },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

const secretFields = ['authorization', 'cookie', 'token', 'auth_token', 'access_token', 'ticket', 'password', 'secret'];
const secretPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `req.headers["${field}"]`]);

/**
 * The last net, over the finished line: what travels inside other texts (a URL in an error's message, a header in a dump)
 * has no path that could be named.
 */
function withoutSecrets(line: string): string {
  return line
    .replaceAll(/([?&](?:token|ticket|access_token|auth_token)=)[^&"'\s\\]+/gi, '$1[redacted]')
    .replaceAll(/(\bbearer\s+)[\w.~+/=-]+/gi, '$1[redacted]')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]')
    .replaceAll(/(\bpostgres(?:ql)?:\/\/[^:/@\s"]*:)[^@\s"]+@/gi, '$1[redacted]@');
}
