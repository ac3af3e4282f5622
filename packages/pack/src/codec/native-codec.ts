import { createRequire } from 'node:module';
import type { Codec } from './codec.js';
import { expectLength, undecodable } from './undecodable.js';

type Koffi = typeof import('koffi');

/** As Linux distributions and Homebrew install it. */
const LIBRARIES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libzstd.so.1'],
  darwin: ['libzstd.1.dylib', '/opt/homebrew/lib/libzstd.1.dylib', '/usr/local/lib/libzstd.1.dylib'],
};

/** `ZSTD_cParameter` of zstd.h. */
const Parameter = { compressionLevel: 100, checksumFlag: 201 } as const;

/** A `size_t`: koffi gives a `bigint` above 2^53 - 1, as all errors are. */
type Size = number | bigint;

/**
 * The machine's own libzstd, if it and koffi are there: about twice as fast as any other. Calls block; each thread has a codec
 * of its own.
 */
export function openNativeCodec(): Codec | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    for (const name of LIBRARIES[process.platform] ?? []) {
      const library = load(koffi, name);
      if (library !== undefined) return codecOf(library);
    }
  } catch {
    // koffi or its prebuilt binary is not installed.
  }
  return undefined;
}

function load(koffi: Koffi, name: string): ReturnType<Koffi['load']> | undefined {
  try {
    return koffi.load(name);
  } catch {
    return undefined;
  }
}

function codecOf(library: ReturnType<Koffi['load']>): Codec {
  const versionString = library.func('const char *ZSTD_versionString()') as () => string;
  const isError = library.func('uint ZSTD_isError(size_t)') as (code: Size) => number;
  const errorName = library.func('const char *ZSTD_getErrorName(size_t)') as (code: Size) => string;
  const setParameter = library.func('size_t ZSTD_CCtx_setParameter(void *, int, int)');
  const compress = library.func('size_t ZSTD_compress2(void *, void *, size_t, const void *, size_t)');
  const decompress = library.func('size_t ZSTD_decompressDCtx(void *, void *, size_t, const void *, size_t)');
  const createCompressor = library.func('void *ZSTD_createCCtx()') as () => unknown;
  const decompressor: unknown = library.func('void *ZSTD_createDCtx()')();
  let compressor: unknown;
  let currentLevel: number | undefined;
  const prepare = (level: number) => {
    if (level === currentLevel) return;
    compressor ??= createCompressor();
    setParameter(compressor, Parameter.checksumFlag, 1);
    setParameter(compressor, Parameter.compressionLevel, level);
    currentLevel = level;
  };
  return {
    name: `libzstd ${versionString()}`,
    compress(contents, level, target) {
      prepare(level);
      const length: Size = compress(compressor, target, target.length, contents, contents.length);
      if (isError(length)) throw new RangeError(`libzstd cannot compress: ${errorName(length)}`);
      return Number(length);
    },
    decompress(frame, target) {
      const length: Size = decompress(decompressor, target, target.length, frame, frame.length);
      if (isError(length)) throw undecodable(errorName(length));
      expectLength(Number(length), target.length);
    },
  };
}
