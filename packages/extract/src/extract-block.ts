import { MappedRamError } from '@mapped-ram/format';
import type { RamBlock } from '@mapped-ram/reader';
import type { ExtractOptions } from './extract-options.js';
import { type OutputReport, withSnapshot, writeOutput } from './write-output.js';

/**
 * Writes a block's memory into a file of its own, as it was in the guest; zero pages are holes.
 *
 * @param idstr For example `pc.ram`.
 * @throws MappedRamError `unsupported` where the block's memory is not in the snapshot; what `withSnapshot` and
 * `writeOutput` throw.
 * @throws RangeError where there is no such block.
 */
export function extractBlock(
  path: string,
  idstr: string,
  output: string,
  options: ExtractOptions = {},
): Promise<OutputReport> {
  return withSnapshot(path, options, (snapshot, place) => {
    const block = snapshot.ramBlocks.find((candidate) => candidate.idstr === idstr);
    if (block === undefined) {
      const ids = snapshot.ramBlocks.map((one) => one.idstr).join(', ');
      throw new RangeError(`there is no block ${idstr} among ${ids}`);
    }
    checkInSnapshot(block);
    const piece = { block, blockOffset: 0, lengthBytes: block.usedLength, targetOffset: 0 };
    return writeOutput(
      snapshot,
      { ...place, output },
      { sizeBytes: block.usedLength, pieces: [piece] },
      options,
    );
  });
}

/** @throws MappedRamError `unsupported` for a block that `x-ignore-shared` left out. */
export function checkInSnapshot({ idstr, ignored, byteOffset }: RamBlock): void {
  if (!ignored) return;
  throw new MappedRamError('unsupported', {
    what: `the memory of ${idstr} is not in the snapshot (x-ignore-shared)`,
    byteOffset,
  });
}
