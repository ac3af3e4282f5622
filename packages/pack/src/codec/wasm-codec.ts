import wasmZstd from '@foxglove/wasm-zstd';
import { ContentChecksum } from '../zstd/content-checksum.js';
import { CHECKSUM_BYTES } from '../zstd/frame-header.js';
import { viewOf } from '../zstd/skippable-frame.js';
import type { Codec } from './codec.js';
import { expectLength, undecodable } from './undecodable.js';

/** Offset of a frame's descriptor, and its bit that says that a checksum ends the frame. */
const DESCRIPTOR_OFFSET = 4;
const CHECKSUM_BIT = 0x04;

/**
 * zstd in WebAssembly: works wherever JavaScript does. Its frames have no checksum; it is added here, so that `zstd -d` and every
 * other decoder tells what changed.
 *
 * @throws MappedRamError as {@link ContentChecksum.load} does.
 * @public
 */
export async function openWasmCodec(): Promise<Codec> {
  // First: it says why, where there is no room for either.
  const checksum = await ContentChecksum.load();
  await wasmZstd.isLoaded;
  return {
    name: '@foxglove/wasm-zstd 1.0.1',
    compress(contents, level, target) {
      const frame = wasmZstd.compress(contents, level);
      target.set(frame);
      target[DESCRIPTOR_OFFSET] = (frame[DESCRIPTOR_OFFSET] as number) | CHECKSUM_BIT;
      viewOf(target).setUint32(frame.length, checksum.of(contents), true);
      return frame.length + CHECKSUM_BYTES;
    },
    decompress(frame, target) {
      let contents: Uint8Array;
      try {
        contents = wasmZstd.decompress(frame, target.length);
      } catch (cause) {
        throw undecodable((cause as Error).message, cause);
      }
      expectLength(contents.length, target.length);
      target.set(contents);
    },
  };
}
