// The bytes of a request's body, up to a limit of its own and of the process.
import type { IncomingMessage } from 'node:http';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { BodyLease } from './body-budget.ts';

/** Thrown when the client went away before its body was complete: there is nobody left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

export interface BodyLimits {
  readonly limitBytes: number;
  readonly lease: BodyLease;
}

/**
 * What comes after a refusal is not kept: Node reads it to its end and throws it away, within the server's time for one request, so that the
 * client can read our answer although it is still sending.
 */
export function readBody(request: IncomingMessage, { limitBytes, lease }: BodyLimits): Promise<Buffer | Refusal> {
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > limitBytes) return Promise.resolve(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let receivedBytes = 0;

    const stopListening = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const giveUp = (refusal: Refusal): void => {
      stopListening();
      request.resume();
      resolve(refusal);
    };
    const onData = (chunk: Buffer): void => {
      if (receivedBytes + chunk.length > limitBytes) {
        giveUp(tooLarge(limitBytes));
      } else if (!lease.take(chunk.length)) {
        giveUp(tooManyAtOnce);
      } else {
        receivedBytes += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      stopListening();
      const only = chunks.length === 1 ? chunks[0] : undefined;
      resolve(only ?? Buffer.concat(chunks, receivedBytes));
    };
    const onGone = (cause?: Error): void => {
      stopListening();
      reject(new ClientGone('the client went away while sending its body', { cause }));
    };

    // Whoever asked about the token may have waited so long that the client is gone already; then no event would come any more.
    if (request.destroyed) onGone();
    else request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** True when the client announced a body that is not empty. */
export function announcesBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

function tooLarge(limitBytes: number): Refusal {
  return refuse('PAYLOAD_TOO_LARGE', { message: `The body is larger than ${String(limitBytes)} bytes.` });
}

const tooManyAtOnce = refuse('TOO_BUSY', { message: 'Too many large bodies are under way; try again shortly.', retryAfterSeconds: 1 });
