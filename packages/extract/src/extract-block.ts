import { checkBlockArguments } from './check-extract-options.js';
import { checkMemoryWhole } from './check-memory-whole.js';
import type { ExtractOptions } from './extract-options.js';
import { type OutputReport, type SnapshotInput, withSnapshot, writeOutput } from './write-output.js';

/**
 * Writes a block's memory into a file of its own, as it was in the guest; zero pages are holes.
 *
 * @param idstr For example `pc.ram`.
 * @throws MappedRamError as `checkMemoryWhole`; what `withSnapshot` and `writeOutput` throw.
 * @throws RangeError where there is no such block; TypeError, RangeError for an argument that is none.
 */
export async function extractBlock(
  input: SnapshotInput,
  idstr: string,
  output: string,
  options: ExtractOptions = {},
): Promise<OutputReport> {
  checkBlockArguments(idstr, output, options);
  return withSnapshot(input, options, async (snapshot, place) => {
    const block = snapshot.ramBlocks.find((candidate) => candidate.idstr === idstr);
    if (block === undefined) {
      const ids = snapshot.ramBlocks.map((one) => one.idstr).join(', ');
      throw new RangeError(`there is no block ${idstr} among ${ids}`);
    }
    await checkMemoryWhole(snapshot, place, [block], options);
    const piece = { block, blockOffset: 0, lengthBytes: block.usedLength, targetOffset: 0 };
    return writeOutput(
      snapshot,
      { ...place, output },
      { sizeBytes: block.usedLength, pieces: [piece] },
      options,
    );
  });
}
