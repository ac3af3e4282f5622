import { checkOptions, integerOption } from '@mapped-ram/format';
import type { Container } from '@mapped-ram/reader';
import type { Codec } from './codec/codec.js';
import { expectNoDelta } from './delta/delta-mark.js';
import type { PackedOptions } from './packed-source.js';
import { isPacked, isPlainZstd } from './recognise-packed.js';

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
    async open(source) {
      if (await isPlainZstd(source)) return undefined;
      await expectNoDelta(source);
      // Most files are not packed.
      const { openPacked } = await import('./packed-source.js');
      return openPacked(source, await openCodec(), options);
    },
  };
}
