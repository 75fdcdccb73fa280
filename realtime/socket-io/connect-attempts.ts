// How often one transport may ask to be let in: each asking costs a check of its token, and one transport can carry many.
export interface Transport {
  close(): void;
}

const attemptsAtMost = 5;

/** Type 0 asks to be let in; a namespace other than `/` stands behind it, up to a comma or the end (socket.io-protocol, revision 5). */
export function namespaceAskedFor(packet: unknown): string | null {
  if (typeof packet !== 'string' || !packet.startsWith('0')) return null;
  return /^0(\/[^,]*)/.exec(packet)?.[1] ?? '/';
}

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

  /** One that was refused before anybody here was asked. */
  refusedUnasked(transport: Transport): void {
    if (this.begin(transport)) this.refused(transport);
  }

  refused(transport: Transport): void {
    if (this.#of(transport) >= attemptsAtMost) transport.close();
  }

  #of(transport: Transport): number {
    return this.#counted.get(transport) ?? 0;
  }
}
