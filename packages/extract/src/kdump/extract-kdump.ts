import type { PhysicalRange } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import {
  findFreePages,
  findLinuxGuest,
  kernelNamesAddress,
  type LinuxGuest,
  type PageSet,
  type VmcoreinfoOrigin,
} from '@mapped-ram/guest';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import { checkFreeSpace, type FileTarget, makeFile } from '@mapped-ram/writer/file';
import { checkKdumpArguments } from '../check-extract-options.js';
import { ElfMachine } from '../cpu/core-description.js';
import type { KdumpOptions } from '../extract-options.js';
import type { RangeReport } from '../extract-range.js';
import { makeCoreNotes, readCoreMachine } from '../read-core-machine.js';
import { type SnapshotInput, withSnapshot } from '../write-output.js';
import { type FrameRange, frameRanges, LeftOut, writeFrameBitmap } from './frame-bitmap.js';
import type { KdumpCompression } from './kdump-compression.js';
import { DESCRIPTOR_BYTES, kdumpHead, utsnameOf } from './kdump-head.js';
import { openPageCodec } from './page-codec.js';
import { PageWriter } from './page-writer.js';
import { writePages } from './write-pages.js';

/** What a kdump file became. */
export interface KdumpReport extends RangeReport {
  /** Processors whose registers are in it. */
  readonly processors: number;
  /** Where its note about the guest's kernel came from; null where there is none. */
  readonly vmcoreinfoFrom: VmcoreinfoOrigin | null;
  readonly compression: KdumpCompression;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Pages that are in the file, those that are zero among them. */
  readonly pages: number;
  readonly zeroPages: number;
  /** Pages that the guest does not use, and that are not in the file. */
  readonly leftOutPages: number;
}

/** Without a kernel that says otherwise. */
const PAGE_BYTES = 4096;

/** 64 TiB of the smallest page: no guest has more, and bitmaps are as long as the addresses of its memory are large. */
const MAX_FRAMES = 2 ** 34;

/** What `uname -m` says, by which tools know the architecture. */
const MACHINES: Readonly<Record<number, string>> = {
  [ElfMachine.x86_64]: 'x86_64',
  [ElfMachine.aarch64]: 'aarch64',
  [ElfMachine.ppc64]: 'ppc64',
  [ElfMachine.s390]: 's390x',
  [ElfMachine.riscv]: 'riscv64',
};

const UTS_NAME_BYTES = 390;

/** What the table of pages may take, where next to nothing of them is in the snapshot. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;
/** And how many times as much as the snapshot has on disk. */
const MAX_TABLE_SHARE = 4;

/**
 * Writes a file in the kdump-compressed format, as makedumpfile and QEMU's `dump-guest-memory` with `kdump-zlib` do: memory by guest-physical
 * address, each page compressed by itself, with the notes of a core. crash and drgn open it.
 *
 * @throws MappedRamError `unsupported` where the machine's map or its processors are not known, or they have 32 bits; where free pages are to be
 * left out, and the guest is not understood; `limit-exceeded`; as `checkMemoryWhole`; what opening, reading and writing throw.
 * @throws RangeError where the given map does not fit the snapshot; TypeError, RangeError for an argument that is none.
 */
export async function extractKdump(
  input: SnapshotInput,
  output: string,
  options: KdumpOptions = {},
): Promise<KdumpReport> {
  checkKdumpArguments(output, options);
  return withSnapshot(input, options, async (snapshot, place) => {
    const core = await readCoreMachine(snapshot, place, options);
    const { map, processors, description } = core;
    const machine = MACHINES[description.machine];
    if (machine === undefined || !description.is64) {
      throw new MappedRamError('unsupported', {
        what: 'the guest’s processors are not of a kind with 64 bits of which a kdump file is known',
      });
    }
    const { littleEndian } = description;
    const given = options.vmcoreinfo;
    const { notes, kernel, kernelOffset } = await makeCoreNotes(snapshot, core, given);
    const guest = await linuxGuest(snapshot, { map, given }, options.leaveOutFree === true);
    const free =
      options.leaveOutFree === true && guest !== undefined ? await findFreePages(guest) : undefined;

    const pageSize = guest?.info.pageSize ?? PAGE_BYTES;
    const frames = framesOf(map.ranges, pageSize);
    checkTable(frames.ranges, place.bytes);
    const { compression = 'zlib' } = options;
    const codec = await openPageCodec(compression, pageSize);
    const vmcoreinfo = kernel && textOf(kernel.note, kernelOffset);
    const head = kdumpHead({
      ...{ littleEndian, pageSize, notes, vmcoreinfo, frames: frames.end },
      utsname: await readUtsname(guest, machine),
      compressionFlag: codec.flag,
      processors: processors.length,
      physBase: machine === 'x86_64' ? (guest?.info.number('phys_base') ?? 0n) : 0n,
      leavesOutFree: free !== undefined,
    });
    const content = { snapshot, frames: frames.ranges, leftOut: free?.droppable, pageSize };
    await checkFreeSpace(output, head.bytes.length);
    const written = await makeFile(output, { overwrite: options.overwrite }, async (target) => {
      await target.write([{ byteOffset: 0, bytes: head.bytes }]);
      return writeContents(target, head.places, content, { codec, littleEndian }, options);
    });
    return {
      ...written,
      ...{ ranges: map.ranges, assumptions: map.assumptions, compression, pageSize },
      processors: processors.length,
      vmcoreinfoFrom: kernel?.origin ?? null,
    };
  });
}

interface Content {
  readonly snapshot: Snapshot;
  readonly frames: readonly FrameRange[];
  readonly leftOut: PageSet | undefined;
  readonly pageSize: number;
}

async function writeContents(
  target: FileTarget,
  places: ReturnType<typeof kdumpHead>['places'],
  { snapshot, frames, leftOut: pages, pageSize }: Content,
  encoding: { readonly codec: Awaited<ReturnType<typeof openPageCodec>>; readonly littleEndian: boolean },
  { onProgress }: KdumpOptions,
) {
  const leftOut = new LeftOut(pages, pageSize);
  const leftOutPages = frames.reduce((sum, range) => sum + leftOut.count(range), 0);
  const total = frames.reduce((sum, { count }) => sum + count, 0);
  await writeFrameBitmap(target, places.memoryBitmap, frames, new LeftOut(undefined, pageSize));
  await writeFrameBitmap(target, places.fileBitmap, frames, leftOut);
  const { descriptors } = places;
  const pagesAt = descriptors + (total - leftOutPages) * DESCRIPTOR_BYTES;
  const writer = new PageWriter(target, { descriptors, pages: pagesAt }, encoding.codec, {
    littleEndian: encoding.littleEndian,
    pageSize,
  });
  let doneBytes = 0;
  let dataPages = 0;
  for (const range of frames) {
    for await (const count of writePages(snapshot, range, leftOut, pageSize, writer)) {
      dataPages += count.dataFrames;
      doneBytes += count.frames * pageSize;
      onProgress?.({ doneBytes, totalBytes: total * pageSize });
    }
  }
  await writer.flush();
  return {
    sizeBytes: writer.end,
    copiedBytes: dataPages * pageSize,
    pages: total - leftOutPages,
    zeroPages: total - leftOutPages - dataPages,
    leftOutPages,
  };
}

/** The guest as far as it is known. @param needed Whether it is an error where it is not */
async function linuxGuest(
  snapshot: Snapshot,
  options: Parameters<typeof findLinuxGuest>[1],
  needed: boolean,
): Promise<LinuxGuest | undefined> {
  try {
    const guest = await findLinuxGuest(snapshot, options);
    if (guest !== undefined || !needed) return guest;
  } catch (error) {
    if (needed || !(error instanceof MappedRamError) || error.code === 'read-failed') throw error;
    return undefined;
  }
  throw new MappedRamError('unsupported', {
    what: 'which pages are free cannot be told: no Linux kernel was found in guest memory',
  });
}

function framesOf(ranges: readonly PhysicalRange[], pageSize: number) {
  const frames = frameRanges(ranges, pageSize);
  const end = frames.reduce((most, { first, count }) => Math.max(most, first + count), 0);
  if (end > 0 && end <= MAX_FRAMES) return { ranges: frames, end };
  throw new MappedRamError('limit-exceeded', {
    what: 'guest-physical memory reaches too far for a kdump file',
    expected: `at most ${MAX_FRAMES} pages`,
    actual: end,
  });
}

/** A page takes an entry of the table even where the snapshot has a hole: memory that hardly exists would become a large file. */
function checkTable(
  frames: readonly FrameRange[],
  { sizeBytes, allocatedBytes = sizeBytes }: ByteSource,
): void {
  const tableBytes = DESCRIPTOR_BYTES * frames.reduce((sum, { count }) => sum + count, 0);
  const most = MAX_TABLE_BYTES + MAX_TABLE_SHARE * allocatedBytes;
  if (tableBytes <= most) return;
  throw new MappedRamError('limit-exceeded', {
    what: 'a kdump file has an entry for each page, and nearly all pages are holes here; an ELF core keeps them as holes',
    expected: `at most ${most} bytes of entries`,
    actual: tableBytes,
  });
}

/** Where in the notes VMCOREINFO's text is. @param before Bytes of other notes before its own */
function textOf(note: Uint8Array, before: number) {
  const view = new DataView(note.buffer, note.byteOffset, note.length);
  const [nameBytes, lengthBytes] = [view.getUint32(0, true), view.getUint32(4, true)];
  return { offset: before + 12 + Math.ceil(nameBytes / 4) * 4, lengthBytes };
}

async function readUtsname(guest: LinuxGuest | undefined, machine: string): Promise<Uint8Array> {
  const read = guest?.memory.tryRead(kernelNamesAddress(guest.info), UTS_NAME_BYTES);
  return (await read) ?? utsnameOf(machine);
}
