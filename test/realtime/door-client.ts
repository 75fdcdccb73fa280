// A client of a live door, whichever it is: what came, in order, how far it got, and how it ended.
import type { MadeTenant } from './made-tenant.ts';

export interface DoorClient {
  /** The resource ids of what came, in the order it came. */
  readonly ids: string[];
  /** After what came last; at first where it began. */
  cursor(): string;
  readonly lags: number;
  /** The close code, or what stands for it where the wire has none. */
  readonly ended: Promise<number>;
  readonly isEnded: boolean;
  /** Whether it was let in and told so. */
  readonly ready: boolean;
  /** Takes nothing from the network any more. */
  pause(): void;
  resume(): void;
  /** As if the network had gone. */
  drop(): void;
  /** As a page does that is loaded again. */
  leave(): void;
}

export interface Connecting {
  readonly url: string;
  readonly token: string;
  readonly cursor?: string | null;
  /** Where a door tells devices apart: two of the same are not connected at once. */
  readonly device?: string;
}

export interface Door {
  readonly name: string;
  connect(connecting: Connecting, tenant: MadeTenant): Promise<DoorClient>;
}
