// How many bytes of bodies the process holds at once, over all requests: many large bodies together must not fill the memory.
export class BodyBudget {
  readonly #limitBytes: number;
  #heldBytes = 0;

  constructor({ limitBytes }: { readonly limitBytes: number }) {
    this.#limitBytes = limitBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** One request's share of it. */
  lease(): BodyLease {
    let leasedBytes = 0;
    return {
      take: (bytes) => {
        if (this.#heldBytes + bytes > this.#limitBytes) return false;
        this.#heldBytes += bytes;
        leasedBytes += bytes;
        return true;
      },
      giveBack: () => {
        this.#heldBytes -= leasedBytes;
        leasedBytes = 0;
      },
    };
  }
}

export interface BodyLease {
  /** False when they do not fit; then nothing was taken. */
  take(bytes: number): boolean;
  /** Everything, once the request is answered. */
  giveBack(): void;
}
