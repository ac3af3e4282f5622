import zlib from 'node:zlib';
import { type Codec, frameBound } from './codec.js';
import { expectLength, undecodable } from './undecodable.js';

/** What node:zlib has from Node 22.15 on; the types are those of Node 20. */
interface ZstdZlib {
  zstdCompressSync?(contents: Uint8Array, options: object): Uint8Array;
  zstdDecompressSync?(frame: Uint8Array, options: object): Uint8Array;
  readonly constants: { readonly ZSTD_c_compressionLevel: number; readonly ZSTD_c_checksumFlag: number };
}

/** zstd of Node itself, where it has it: from 22.15 on. */
export function openZlibCodec(): Codec | undefined {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as ZstdZlib;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined;
  return {
    name: `node:zlib ${(process.versions as { zstd?: string }).zstd ?? ''}`.trim(),
    compress(contents, level, target) {
      const frame = zstdCompressSync(contents, {
        params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
        pledgedSrcSize: contents.length,
        // All at once: the frame is the same however large the pieces are.
        chunkSize: frameBound(contents.length),
      });
      target.set(frame);
      return frame.length;
    },
    decompress(frame, target) {
      let contents: Uint8Array;
      try {
        const room = Math.max(target.length, 64);
        contents = zstdDecompressSync(frame, { chunkSize: room, maxOutputLength: room });
      } catch (cause) {
        throw undecodable((cause as Error).message, cause);
      }
      expectLength(contents.length, target.length);
      target.set(contents);
    },
  };
}
