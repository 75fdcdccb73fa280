// How often one transport may ask to be let in: each asking costs a check of its token, and one transport can carry many.
export interface Transport {
  close(): void;
}

const attemptsAtMost = 5;

export class ConnectAttempts {
  /** Those refused, and those not answered yet. */
  readonly #counted = new WeakMap<Transport, number>();

  /** False for one too many: the transport is closed, and nothing more is asked. */
  begin(transport: Transport): boolean {
    const before = this.#of(transport);
    if (before >= attemptsAtMost) {
      transport.close();
      return false;
    }
    this.#counted.set(transport, before + 1);
    return true;
  }

  letIn(transport: Transport): void {
    this.#counted.set(transport, this.#of(transport) - 1);
  }

  refused(transport: Transport): void {
    if (this.#of(transport) >= attemptsAtMost) transport.close();
  }

  #of(transport: Transport): number {
    return this.#counted.get(transport) ?? 0;
  }
}
