// Tokens that were verified a moment ago: a bounded memory, so that a busy client's signature is not computed for every request.
import type { Principal } from '../../domain/access/principal.ts';

interface Kept {
  readonly principal: Principal;
  readonly untilMs: number;
}

/** Keys are hashes: no token stays in memory. The one not used for longest goes first. */
export class VerifiedTokens {
  readonly #kept = new Map<string, Kept>();
  readonly #limit: number;

  constructor({ limit }: { readonly limit: number }) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#kept.size;
  }

  find({ tokenHash, nowMs }: { readonly tokenHash: string; readonly nowMs: number }): Principal | undefined {
    const kept = this.#kept.get(tokenHash);
    if (kept === undefined) return undefined;
    this.#kept.delete(tokenHash);
    if (nowMs >= kept.untilMs) return undefined;
    this.#kept.set(tokenHash, kept);
    return kept.principal;
  }

  keep({ tokenHash, principal, untilMs }: { readonly tokenHash: string; readonly principal: Principal; readonly untilMs: number }): void {
    if (this.#limit === 0) return;
    if (this.#kept.size >= this.#limit) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(tokenHash, { principal, untilMs });
  }
}
