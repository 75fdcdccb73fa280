// One client at a live door: who it is, what it is shown today, how much of what it was sent it has taken, and when it ends.
import type { Principal } from '../../domain/access/principal.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { closeCodeOf, closeCodes } from './close-codes.ts';
import type { Ending } from './close-codes.ts';
import type { LiveLimits } from './limits.ts';
import type { Subscription } from './subscription.ts';
import type { Wire } from './wire.ts';

/** What the rest of the hub needs of a connection, whatever its frames are. */
export interface Connected {
  readonly principal: Principal;
  readonly viewer: Viewer;
  readonly subscriptions: Set<Subscription>;
  readonly isOpen: boolean;
  /** Takes over newer rights; an older answer that arrives later is dropped. */
  applyRights(rights: Rights): void;
  look(): void;
  end(ending: Ending): void;
}

/** What was found out about somebody, numbered by when it was asked. */
export interface Rights {
  readonly askedAs: number;
  readonly refusal: Refusal | null;
  readonly viewer: Viewer;
}

export interface ConnectionParts<Frame> {
  readonly principal: Principal;
  readonly wire: Wire<Frame>;
  readonly limits: LiveLimits;
  readonly clock: Clock;
  /** Called once, before the wire is closed: the last moment to say why. */
  readonly onEnding: ((ending: Ending, refusal: Refusal | null) => void) | undefined;
  readonly onEnded: () => void;
}

export class Connection<Frame> implements Connected {
  readonly principal: Principal;
  readonly wire: Wire<Frame>;
  readonly subscriptions = new Set<Subscription>();
  readonly #limits: LiveLimits;
  readonly #clock: Clock;
  readonly #onEnding: ConnectionParts<Frame>['onEnding'];
  readonly #onEnded: () => void;
  #viewer: Viewer = nobody;
  #rightsAskedAs = -1;
  #open = true;
  #letIn = false;
  #pingedAtMs: number;
  #stalledSinceMs: number | null = null;
  #takenAtLook = 0;
  #unlooked = 0;
  readonly #delivered = new Map<object, number>();

  constructor({ principal, wire, limits, clock, onEnding, onEnded }: ConnectionParts<Frame>) {
    this.principal = principal;
    this.wire = wire;
    this.#limits = limits;
    this.#clock = clock;
    this.#onEnding = onEnding;
    this.#onEnded = onEnded;
    this.#pingedAtMs = clock.nowMs();
  }

  /** Until somebody is let in, their wire is not ours to close. */
  letIn(): void {
    this.#letIn = true;
  }

  get isLetIn(): boolean {
    return this.#letIn;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get viewer(): Viewer {
    return this.#viewer;
  }

  /** Asked before each entry: what comes after the token's end must not go out before the next look ends the connection. */
  get isExpired(): boolean {
    return this.#clock.nowMs() >= this.principal.expiresAtSeconds * 1000;
  }

  get isOverBudget(): boolean {
    const { queuedBytes } = this.wire;
    return queuedBytes > 0 && (queuedBytes > this.#limits.budgetBytes || this.wire.queuedFrames > this.#limits.budgetFrames);
  }

  /** Asked before each frame, looked at before every eighth: what waits is known to the socket, far from here, and most clients have nothing waiting. */
  takesMore(): boolean {
    if (this.#unlooked > 0) {
      this.#unlooked -= 1;
      return true;
    }
    if (this.isOverBudget) return false;
    this.#unlooked = framesPerLook - 1;
    return true;
  }

  /** Half the budget is free again: not at every frame that is taken does a page begin. */
  get hasDrained(): boolean {
    return this.wire.queuedBytes <= this.#limits.budgetBytes / 2 && this.wire.queuedFrames <= this.#limits.budgetFrames / 2;
  }

  /** False when the entry went out in this form already, by another room of the same connection. */
  claim(form: object, seq: number): boolean {
    if (this.subscriptions.size < 2) return true;
    if ((this.#delivered.get(form) ?? -1) >= seq) return false;
    this.#delivered.set(form, seq);
    return true;
  }

  send(frame: Frame): void {
    if (this.#open) this.wire.send(frame);
  }

  applyRights({ askedAs, refusal, viewer }: Rights): void {
    if (!this.#open) return;
    if (refusal !== null) {
      this.end({ code: closeCodeOf(refusal.code), reason: refusal.message }, refusal);
      return;
    }
    if (askedAs <= this.#rightsAskedAs) return;
    this.#rightsAskedAs = askedAs;
    this.#viewer = viewer;
    for (const subscription of [...this.subscriptions]) subscription.judge();
  }

  /** Looked at regularly: expiry, a reader that takes nothing, a peer that does not answer. */
  look(): void {
    if (!this.#open) return;
    const nowMs = this.#clock.nowMs();
    if (this.isExpired) this.end({ code: closeCodes.auth, reason: 'the token has expired' }, refuse('AUTH_TOKEN_EXPIRED'));
    else if (this.#isStalled(nowMs)) this.end({ code: closeCodes.tooSlow, reason: 'too slow; come back with the last cursor' });
    else if (nowMs - this.#pingedAtMs >= this.#limits.pingMs) this.#ping(nowMs);
  }

  end(ending: Ending, refusal: Refusal | null = null): void {
    if (!this.#open) return;
    this.#onEnding?.(ending, refusal);
    this.#open = false;
    this.#letGo();
    if (this.#letIn) this.wire.close(ending);
  }

  /** The wire is gone already. */
  wireClosed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#letGo();
  }

  #letGo(): void {
    for (const subscription of [...this.subscriptions]) subscription.end();
    this.#onEnded();
  }

  #isStalled(nowMs: number): boolean {
    const { queuedBytes, sentBytes } = this.wire;
    if (queuedBytes > this.#limits.closeBytes) return true;
    const takenBytes = sentBytes - queuedBytes;
    const tookSome = takenBytes > this.#takenAtLook;
    this.#takenAtLook = takenBytes;
    if (!this.isOverBudget || tookSome) {
      this.#stalledSinceMs = null;
      return false;
    }
    this.#stalledSinceMs ??= nowMs;
    return nowMs - this.#stalledSinceMs >= this.#limits.stalledMs;
  }

  #ping(nowMs: number): void {
    this.#pingedAtMs = nowMs;
    if (this.wire.unansweredPings >= 2) this.end({ code: closeCodes.pingTimeout, reason: 'two pings were not answered' });
    else this.wire.ping();
  }
}

/** A client may be told so many frames beyond its budget, less one. */
const framesPerLook = 8;

const none = { org: new Set<string>(), workspace: new Set<string>(), share: new Set<string>() };
/** Until the first answer about its rights a connection is shown nothing. */
const nobody: Viewer = { userId: '', isSentAway: true, administersAll: false, seen: none, administered: none, within: none };
