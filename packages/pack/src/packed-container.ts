import { checkOptions, integerOption } from '@mapped-ram/format';
import type { Container } from '@mapped-ram/reader';
import type { Codec } from './codec/codec.js';
import { isPacked, isPlainZstd, openPacked, type PackedOptions } from './packed-source.js';

/**
 * Packed files as containers, for `openContained` of `@mapped-ram/reader`.
 *
 * @param openCodec Called when the first packed file is met.
 */
export function packedContainer(openCodec: () => Promise<Codec>, options: PackedOptions = {}): Container {
  checkOptions<PackedOptions>(options, { cacheBytes: integerOption() });
  return {
    name: 'packed file',
    recognises: isPacked,
    open: async (source) =>
      (await isPlainZstd(source)) ? undefined : openPacked(source, await openCodec(), options),
  };
}
