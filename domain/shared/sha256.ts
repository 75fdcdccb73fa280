// SHA-256 as a dependency: the host's own implementation is several times faster than one in JavaScript.
export type Sha256 = (data: Uint8Array) => Uint8Array;
