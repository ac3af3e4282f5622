import { deflateSync } from 'node:zlib';
import { frameBound } from '@mapped-ram/pack';
import { openCodec } from '@mapped-ram/pack/codec';
import type { KdumpCompression } from './kdump-compression.js';

/** Compresses pages, each by itself. */
export interface PageCodec {
  /** What the file and its pages are marked with (makedumpfile: diskdump_mod.h, `DUMP_DH_COMPRESSED_*`). */
  readonly flag: number;
  /** @returns Valid until the next one; undefined where it would be no shorter */
  compress(page: Uint8Array): Uint8Array | undefined;
}

/** The quickest level of both. */
const LEVEL = 1;

/** Opens a codec. @param pageSize In bytes */
export async function openPageCodec(kind: KdumpCompression, pageSize: number): Promise<PageCodec> {
  const ifShorter = (bytes: Uint8Array) => (bytes.length < pageSize ? bytes : undefined);
  switch (kind) {
    case 'none':
      return { flag: 0, compress: () => undefined };
    case 'zlib': {
      // No more window than a page has: most of the time goes into clearing it.
      const windowBits = Math.min(15, Math.log2(pageSize));
      const options = { level: LEVEL, windowBits, chunkSize: pageSize + 64 };
      return { flag: 1, compress: (page) => ifShorter(deflateSync(page, options)) };
    }
    case 'zstd': {
      const codec = await openCodec();
      const target = new Uint8Array(frameBound(pageSize));
      return {
        flag: 0x20,
        compress: (page) => ifShorter(target.subarray(0, codec.compress(page, LEVEL, target))),
      };
    }
  }
}
