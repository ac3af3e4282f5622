import type { Container } from '@mapped-ram/reader';
import { checkPackedOptions } from './check-pack-options.js';
import type { Codec } from './codec/codec.js';
import { isPacked, openPacked, type PackedOptions } from './packed-source.js';

/**
 * Packed files as containers, for `openContained` of `@mapped-ram/reader`.
 *
 * @param openCodec Called when the first packed file is met.
 */
export function packedContainer(openCodec: () => Promise<Codec>, options: PackedOptions = {}): Container {
  checkPackedOptions(options);
  return {
    name: 'packed file',
    recognises: isPacked,
    open: async (source) => openPacked(source, await openCodec(), options),
  };
}
