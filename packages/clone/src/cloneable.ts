import { checkNothingLost, findUnmarkedPages, hasRamEnd } from '@mapped-ram/facts';
import {
  integerOption,
  listOption,
  MappedRamError,
  nameOption,
  signalOption,
  textOption,
  type WordOrder,
} from '@mapped-ram/format';
import { judgeSnapshot } from '@mapped-ram/lint';
import { type ByteSource, openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { type BlockChoice, type BlockWishes, chooseBlocks } from './block-choice.js';
import { checkMachine } from './qemu-arguments.js';

/** Pages must lie where the host can map them; hosts have pages of 4 KiB, on Arm and POWER of up to 64 KiB. */
const HOST_PAGE_BYTES = process.arch === 'x64' ? 4096 : 65_536;

/** How a snapshot is read, and which of it is mapped. */
export interface CloneableOptions extends BlockWishes {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words; little-endian if not given. */
  readonly wordOrder?: WordOrder | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What those options have to be. */
export const cloneableShapes = {
  streamOffset: integerOption(),
  wordOrder: textOption(['le', 'be']),
  signal: signalOption,
  blocks: listOption(nameOption),
  mainRam: nameOption,
} as const;

/** A snapshot that VMs can start from. */
export interface Cloneable {
  readonly source: ByteSource;
  readonly snapshot: Snapshot;
  readonly choice: BlockChoice;
}

/**
 * Opens a snapshot, makes sure that its memory can be mapped, and closes it when the work is done.
 *
 * @throws MappedRamError, RangeError as `prepareClone` says.
 */
export async function withCloneable<T>(
  path: string,
  options: CloneableOptions,
  work: (cloneable: Cloneable) => Promise<T>,
): Promise<T> {
  const { streamOffset, wordOrder, signal } = options;
  const source = await openFileSource(path);
  try {
    const snapshot = await openSnapshot(source, {
      ...(streamOffset !== undefined && { streamOffset }),
      ...(wordOrder !== undefined && { wordOrder }),
      ...(signal !== undefined && { signal }),
    });
    const choice = chooseBlocks(snapshot.ramBlocks, snapshot.configuration?.machine, options);
    checkMachine(snapshot.configuration?.machine);
    checkComplete(snapshot);
    for (const block of choice.mapped) checkMappable(block, source);
    await checkUnmarked(source, snapshot, choice.mapped, signal);
    await judgeSnapshot(source, { streamOffset, wordOrder });
    signal?.throwIfAborted();
    return await work({ source, snapshot, choice });
  } finally {
    await source.close();
  }
}

/** Without an END, the bitmaps were never written: all memory would count as stale. */
function checkComplete(snapshot: Snapshot): void {
  if (!hasRamEnd(snapshot) && snapshot.ramBlocks.length > 0) {
    throw new MappedRamError('incomplete-save', { path: 'ram' });
  }
}

function checkMappable(block: RamBlock, source: ByteSource): void {
  const { idstr, pagesOffset, usedLength, ignored } = block;
  if (ignored) {
    throw new MappedRamError('unsupported', {
      what: `the memory of ${idstr} is not in the snapshot (x-ignore-shared)`,
      byteOffset: block.byteOffset,
    });
  }
  if (pagesOffset % HOST_PAGE_BYTES !== 0 || usedLength % HOST_PAGE_BYTES !== 0) {
    throw new MappedRamError('unsupported', {
      what:
        `${idstr} cannot be mapped: it is ${usedLength} bytes at ${pagesOffset}, and both should be multiples of the host's page, ` +
        `${HOST_PAGE_BYTES} bytes. mr copy places it anew`,
    });
  }
  if (pagesOffset + usedLength > source.sizeBytes) {
    throw new MappedRamError('unexpected-end', {
      what: `the file ends before the memory of ${idstr} does`,
      byteOffset: source.sizeBytes,
    });
  }
}

/** What is under clear bits of mapped memory, a clone would see; what is memory and not marked, no clone would. */
async function checkUnmarked(
  source: ByteSource,
  snapshot: Snapshot,
  mapped: readonly RamBlock[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const report = await findUnmarkedPages(snapshot, source, { signal });
  checkNothingLost(report, 'mr scrub --drop-unmarked-pages gives them up');
  const stale = report.blocks.find(({ block }) => mapped.includes(block));
  if (stale === undefined) return;
  const { block, pageCount, firstPage } = stale;
  throw new MappedRamError('unsupported', {
    what:
      'old bytes, which a mapping would show to the guest and mr scrub removes, lie under the clear bits of ' +
      `${pageCount} ${pageCount === 1 ? 'page' : 'pages'} of ${block.idstr}`,
    path: `ram.blocks[${block.index}].pages[${firstPage}]`,
    byteOffset: block.pagesOffset + firstPage * block.pageSize,
  });
}
