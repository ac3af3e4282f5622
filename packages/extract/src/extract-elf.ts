import type { PhysicalRange } from '@mapped-ram/facts';
import type { VmcoreinfoOrigin } from '@mapped-ram/guest';
import { checkElfArguments } from './check-extract-options.js';
import { type CoreSegment, coreHead } from './elf/core-file.js';
import type { ElfOptions } from './extract-options.js';
import type { RangeReport } from './extract-range.js';
import { hasFiveLevels, processorTables } from './paging/processor-tables.js';
import { virtualSegments } from './paging/virtual-segments.js';
import { makeCoreNotes, readCoreMachine } from './read-core-machine.js';
import { type SnapshotInput, withSnapshot, writeOutput } from './write-output.js';

/** What a core became. */
export interface ElfReport extends RangeReport {
  /** Processors whose registers are in it. */
  readonly processors: number;
  /** Program headers for memory. */
  readonly segments: number;
  /** Whether a note about the guest's kernel is in it. */
  readonly vmcoreinfo: boolean;
  /** Where that note came from; null where there is none. */
  readonly vmcoreinfoFrom: VmcoreinfoOrigin | null;
  /** Whether a processor has page tables of five levels, with which volatility3 shows nothing of the guest, and does not say so. */
  readonly fiveLevels: boolean;
  /** The processor by whose page tables the segments are; null where they are by guest-physical address. */
  readonly pagingCpu: number | null;
}

/**
 * Writes an ELF core (ET_CORE) of the guest, as QEMU's `dump-guest-memory` would have: its memory, the registers of its
 * processors, and VMCOREINFO where the guest's kernel has left it. Zero pages are holes.
 *
 * @throws MappedRamError `unsupported` where the machine's map or the processors' state is not known, or no processor has paging on;
 * as `checkMemoryWhole`; what opening, reading and writing throw.
 * @throws RangeError where the given map does not fit the snapshot; TypeError, RangeError for an argument that is none.
 */
export async function extractElf(
  input: SnapshotInput,
  output: string,
  options: ElfOptions = {},
): Promise<ElfReport> {
  checkElfArguments(output, options);
  return withSnapshot(input, options, async (snapshot, place) => {
    const machine = await readCoreMachine(snapshot, place, options);
    const { architecture, processors, description, memory } = machine;
    const { ranges, assumptions } = machine.map;
    const { notes, kernel } = await makeCoreNotes(snapshot, machine, options.vmcoreinfo);

    const physical = physicalSegments(ranges);
    const paging =
      options.paging === true ? processorTables(architecture, processors, memory, options.cpu) : undefined;
    const segments = paging === undefined ? physical : await virtualSegments(paging.tables, physical);
    const { bytes: head, memoryOffset } = coreHead(description, segments, notes);
    const pieces = ranges.map(({ block, blockOffset, lengthBytes }, index) => ({
      block,
      blockOffset,
      lengthBytes,
      targetOffset: memoryOffset + (physical[index]?.memoryOffset ?? 0),
    }));
    const sizeBytes = memoryOffset + ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const report = await writeOutput(snapshot, { ...place, output }, { sizeBytes, pieces, head }, options);
    return {
      ...report,
      ranges,
      assumptions,
      processors: processors.length,
      segments: segments.length,
      vmcoreinfo: kernel !== undefined,
      vmcoreinfoFrom: kernel?.origin ?? null,
      fiveLevels: hasFiveLevels(architecture, processors),
      pagingCpu: paging?.cpu ?? null,
    };
  });
}

/** One for each range, one behind the other. Without virtual addresses, these are the same as the physical ones. */
function physicalSegments(ranges: readonly PhysicalRange[]): CoreSegment[] {
  let memoryOffset = 0;
  return ranges.map(({ address, lengthBytes }) => {
    const segment = { virtualAddress: address, physicalAddress: address, lengthBytes, memoryOffset };
    memoryOffset += lengthBytes;
    return segment;
  });
}
