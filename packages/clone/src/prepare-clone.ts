import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNothingLost, findUnmarkedPages, hasRamEnd, isKnownMachine } from '@mapped-ram/facts';
import { formatMigrationUri } from '@mapped-ram/fdset';
import {
  booleanOption,
  checkOptions,
  IGNORE_SHARED_CAPABILITY,
  integerOption,
  listOption,
  MappedRamError,
  nameOption,
  signalOption,
  textOption,
  type WordOrder,
} from '@mapped-ram/format';
import { judgeSnapshot } from '@mapped-ram/lint';
import {
  type ByteSource,
  openSnapshot,
  type RamBlock,
  readClassicStream,
  type Snapshot,
} from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { makeFile } from '@mapped-ram/writer/file';
import { type BlockChoice, type BlockWishes, chooseBlocks } from './block-choice.js';
import { inCloneFolder } from './clone-folder.js';
import { type CloneWarning, findHazards } from './file-hazards.js';
import { checkMachine, cloneArguments } from './qemu-arguments.js';
import { writeStateStream } from './state-stream.js';

/** The two files in a clone's folder. */
const STATE_NAME = 'state';
/** Name of the file in a clone's folder that describes it. */
export const CLONE_NAME = 'clone.json';

/** Pages must lie where the host can map them; hosts have pages of 4 KiB, on Arm and POWER of up to 64 KiB. */
const HOST_PAGE_BYTES = process.arch === 'x64' ? 4096 : 65_536;

/** Everything that starts a VM from a snapshot: what `clone.json` holds. */
export interface Clone {
  /** For QEMU: the machine with its memory backend, the objects, and `-incoming defer`. The VM's devices come beside them. */
  readonly qemuArgs: readonly string[];
  /** For `migrate-incoming`. */
  readonly incomingUri: string;
  /** For `migrate-set-capabilities`, before that. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** Ids of the blocks that are mapped. The memory of the others is in the state stream. */
  readonly mappedBlocks: readonly string[];
  /** The snapshot's absolute path. It must neither change nor go away while a VM runs from it. */
  readonly snapshot: string;
  /** Machine type, where the snapshot names one. */
  readonly machine?: string;
  readonly warnings: readonly CloneWarning[];
}

/** How to prepare. */
export interface CloneOptions extends BlockWishes {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words; little-endian if not given. */
  readonly wordOrder?: WordOrder | undefined;
  /** Replace the files of an earlier clone. If not given, they are an error and stay as they are. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Prepares VMs that start from a snapshot without loading its memory: writes the small state stream and `clone.json` into a
 * folder, which is made if it is not there. Any number of VMs can start from one folder. The snapshot is only read.
 *
 * @throws MappedRamError `unsupported` where stale bytes lie under clear bits of a block that would be mapped, where memory
 * is not in the file, or where it cannot be mapped; `unmarked-pages` where pages hold memory that is not marked;
 * `incomplete-save`, `not-restorable`; `target-exists`, `write-failed`; the first problem of a
 * damaged snapshot.
 * @throws RangeError where a wish names a block that is not there or cannot be mapped.
 */
export async function prepareClone(path: string, folder: string, options: CloneOptions = {}): Promise<Clone> {
  checkOptions<CloneOptions>(options, {
    streamOffset: integerOption(),
    wordOrder: textOption(['le', 'be']),
    overwrite: booleanOption,
    signal: signalOption,
    blocks: listOption(nameOption),
    mainRam: nameOption,
  });
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
    const preparation = { path, source, snapshot, choice, overwrite: options.overwrite };
    return await inCloneFolder(folder, (realFolder) => write(preparation, realFolder));
  } finally {
    await source.close();
  }
}

interface Preparation {
  readonly path: string;
  readonly source: ByteSource;
  readonly snapshot: Snapshot;
  readonly choice: BlockChoice;
  readonly overwrite: boolean | undefined;
}

/** Both files are made, or none: a state without its clone.json is of no use. */
async function write(
  { path, source, snapshot, choice, overwrite }: Preparation,
  folder: string,
): Promise<Clone> {
  const realPath = await realpath(path);
  const statePath = join(folder, STATE_NAME);
  const machine = snapshot.configuration?.machine;
  const clone: Clone = {
    qemuArgs: cloneArguments({ path: realPath, machine }, choice),
    incomingUri: formatMigrationUri({ path: statePath }),
    capabilities: { [IGNORE_SHARED_CAPABILITY]: true },
    mappedBlocks: choice.mapped.map(({ idstr }) => idstr),
    snapshot: realPath,
    ...(machine !== undefined && { machine }),
    warnings: [...(await findHazards(realPath)), ...machineWarnings(machine)],
  };
  const mapped = new Set(choice.mapped);
  const json = new TextEncoder().encode(`${JSON.stringify(clone, null, 2)}\n`);
  await makeFile(join(folder, CLONE_NAME), { overwrite }, async (target) => {
    await target.write([{ byteOffset: 0, bytes: json }]);
    await makeFile(statePath, { overwrite }, async (state) => {
      await writeStateStream(state, snapshot, source, mapped);
      // A VM that starts from it must find no fault in it. Without a configuration it does not tell how its entries are built.
      if (snapshot.configuration === undefined) return;
      await readClassicStream(await state.written(), { async begin() {}, async pages() {} });
    });
  });
  return clone;
}

function machineWarnings(machine: string | undefined): CloneWarning[] {
  if (isKnownMachine(machine)) return [];
  const message =
    machine === undefined
      ? 'the snapshot names no machine type: it has to be among your own arguments'
      : `whether QEMU leaves the memory of ${machine} alone before it loads was never tried; compare a clone with a restore`;
  return [{ code: 'unknown-machine', message }];
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
