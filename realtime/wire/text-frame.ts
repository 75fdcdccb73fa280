// A frame as text, with its bytes made once however many it is sent to.
import { webSocketFrame } from './web-socket-frame.ts';

export class TextFrame {
  readonly text: string;
  #bytes: Buffer | undefined;
  #webSocketFrame: Buffer[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }

  /** With its head; a list, as senders take it. */
  get webSocketFrame(): Buffer[] {
    this.#webSocketFrame ??= [webSocketFrame(this.bytes)];
    return this.#webSocketFrame;
  }
}

export function jsonFrame(value: unknown): TextFrame {
  return new TextFrame(JSON.stringify(value));
}
