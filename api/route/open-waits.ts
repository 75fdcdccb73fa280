// The signals of requests that may wait: each ends with its client, and all of them end with the process.
import type { ServerResponse } from 'node:http';

/** Why a waiting request was told to stop. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';
}

/** Named as every abort is, so that whoever waits with a signal treats it as one. */
export class ClientLeft extends Error {
  override readonly name = 'AbortError';
}

export class OpenWaits {
  readonly #open = new Set<AbortController>();
  #stopping = false;

  get count(): number {
    return this.#open.size;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  signalFor(response: ServerResponse): AbortSignal {
    const controller = new AbortController();
    if (this.#stopping) controller.abort(shuttingDown());
    else if (response.closed) controller.abort(clientGone());
    else this.#abortWith(response, controller);
    return controller.signal;
  }

  /** Everybody who waits answers with what there is; whoever comes later does not wait at all. */
  stopAll(): void {
    this.#stopping = true;
    for (const controller of this.#open) controller.abort(shuttingDown());
    this.#open.clear();
  }

  #abortWith(response: ServerResponse, controller: AbortController): void {
    this.#open.add(controller);
    response.once('close', () => {
      this.#open.delete(controller);
      if (!response.writableFinished) controller.abort(clientGone());
    });
  }
}

function shuttingDown(): ShuttingDown {
  return new ShuttingDown('the process is stopping');
}

function clientGone(): ClientLeft {
  return new ClientLeft('the client went away');
}
