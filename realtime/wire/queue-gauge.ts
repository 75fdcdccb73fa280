// How much of what was sent still waits: bytes as the socket counts them, frames by their usual size.
export class QueueGauge {
  #sentBytes = 0;
  #sentFrames = 0;

  get sentBytes(): number {
    return this.#sentBytes;
  }

  note(bytes: number): void {
    this.#sentBytes += bytes;
    this.#sentFrames += 1;
  }

  framesIn(queuedBytes: number): number {
    if (queuedBytes === 0 || this.#sentBytes === 0) return 0;
    return Math.ceil((queuedBytes * this.#sentFrames) / this.#sentBytes);
  }
}
