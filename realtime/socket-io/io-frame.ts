// A Socket.IO event encoded once for all who get it: as the packet's text, and as the finished WebSocket frame.
import { webSocketFrame } from '../wire/web-socket-frame.ts';
import { realtimeNamespace } from './namespace.ts';

/** Type 2 is an event; the namespace stands between it and its arguments (socket.io-protocol, revision 5). */
const eventPrefix = `2${realtimeNamespace},`;
/** Type 4 is a message of the transport below. */
const messagePrefix = '4';

interface EncodedOptions {
  readonly preEncoded: true;
  readonly compress: false;
  readonly wsPreEncodedFrame: Buffer[];
}

export class IoFrame {
  readonly packet: string;
  #options: EncodedOptions | undefined;

  constructor(event: string, payload: unknown) {
    this.packet = `${eventPrefix}${JSON.stringify([event, payload])}`;
  }

  /** The transport writes the frame as it is where it is a WebSocket, and the packet otherwise. */
  get options(): EncodedOptions {
    this.#options ??= { preEncoded: true, compress: false, wsPreEncodedFrame: [webSocketFrame(Buffer.from(messagePrefix + this.packet))] };
    return this.#options;
  }

  get byteLength(): number {
    return this.options.wsPreEncodedFrame[0]?.length ?? 0;
  }
}
