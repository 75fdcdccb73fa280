// What every client of a live door keeps of what came, and of its end.
import type { DoorClient } from './door-client.ts';

export class Received implements Omit<DoorClient, 'pause' | 'resume' | 'drop' | 'leave'> {
  readonly ids: string[] = [];
  readonly ended: Promise<number>;
  isEnded = false;
  lags = 0;
  ready = false;
  #cursor: string;
  #end: (code: number) => void = () => undefined;

  constructor(cursor: string) {
    this.#cursor = cursor;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  cursor(): string {
    return this.#cursor;
  }

  at(cursor: unknown): void {
    if (typeof cursor === 'string') this.#cursor = cursor;
  }

  end(code: number): void {
    this.isEnded = true;
    this.#end(code);
  }
}
