// A text as a finished WebSocket frame, so that it is put together once for all who get it.
/** Unfragmented and unmasked, as a server's frames are. */
export function webSocketFrame(body: Buffer): Buffer {
  const lengthBytes = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + body.length);
  frame[0] = 0x81;
  if (lengthBytes === 0) frame[1] = body.length;
  else if (lengthBytes === 2) {
    frame[1] = 126;
    frame.writeUInt16BE(body.length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(body.length), 2);
  }
  body.copy(frame, 2 + lengthBytes);
  return frame;
}
