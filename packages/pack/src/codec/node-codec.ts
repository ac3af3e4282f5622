import type { Codec } from './codec.js';
import { openNativeCodec } from './native-codec.js';
import { openZlibCodec } from './zlib-codec.js';

/** The codecs that Node can have. */
export const codecKinds = ['native', 'zlib', 'wasm'] as const;
export type CodecKind = (typeof codecKinds)[number];

/**
 * Opens a codec: the one that is asked for, or else the fastest that is there. WebAssembly is there always, and is loaded only
 * where it is needed.
 *
 * @returns undefined where the one that is asked for is not there.
 * @public
 */
export async function openCodecOf(kind: CodecKind): Promise<Codec | undefined> {
  if (kind === 'native') return openNativeCodec();
  if (kind === 'zlib') return openZlibCodec();
  const { openWasmCodec } = await import('./wasm-codec.js');
  return openWasmCodec();
}

let opened: Promise<Codec> | undefined;

/** The fastest codec that is there. The same every time: it keeps memory. */
export function openCodec(): Promise<Codec> {
  opened ??= findCodec();
  return opened;
}

async function findCodec(): Promise<Codec> {
  for (const kind of codecKinds) {
    const codec = await openCodecOf(kind);
    if (codec !== undefined) return codec;
  }
  throw new TypeError('WebAssembly is there always');
}
