import type { PageComparer } from '@mapped-ram/facts';
import {
  checkOptions,
  functionOption,
  groupOption,
  limitOption,
  signalOption,
  textOption,
} from '@mapped-ram/format';
import type { PageRun, RamBlock } from '@mapped-ram/reader';
import { compareDevices, type DeviceDifference } from './compare-devices.js';
import { comparePages, type Pair, type SnapshotFile } from './compare-pages.js';

/** What to compare, and how. */
export interface DiffOptions {
  /** Compare nothing but memory, or nothing but the devices. */
  readonly only?: 'pages' | 'devices';
  /** Runs of differing pages that are kept of each block; the others are only counted. 1,000 when not given. */
  readonly maxRuns?: number;
  /** Compares the pages that both have in their files. If not given, they are read from the sources in turn. */
  readonly comparer?: PageComparer | undefined;
  readonly signal?: AbortSignal;
  /** Of the comparison of memory, in bytes of it. */
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

/** In what two snapshots differ. */
export interface SnapshotDifference {
  /** What is said once in a snapshot; only what differs. A side is null where it says nothing. */
  readonly headers: readonly HeaderDifference[];
  /** The blocks that differ, in the order of the first snapshot, then what only the second one has. */
  readonly blocks: readonly BlockDifference[];
  /** The devices that differ. */
  readonly devices: readonly DeviceDifference[];
}

/** A field of the headers that the two snapshots have with different values. */
export interface HeaderDifference {
  readonly name: 'machine' | 'capabilities' | 'uuid' | 'targetPageBits';
  readonly a: string | null;
  readonly b: string | null;
}

/** A block that differs. */
export interface BlockDifference {
  readonly id: string;
  /**
   * - `pages`: compared; lengths or pages differ;
   * - `page-size`: the page sizes differ, so that its pages were not compared;
   * - `not-in-file`: one of the snapshots leaves the block out (`x-ignore-shared`);
   * - `only-a`, `only-b`: the other snapshot has no such block.
   */
  readonly kind: 'pages' | 'page-size' | 'not-in-file' | 'only-a' | 'only-b';
  /** In bytes; null where there is no such block. */
  readonly usedLengths: Pair<number | null>;
  /** In bytes, of the first snapshot that has it. */
  readonly pageSize: number;
  /** Pages that both have. */
  readonly pages: number;
  readonly differingPages: number;
  /** Runs of them, of which `runs` has the first. */
  readonly runCount: number;
  readonly runs: readonly PageRun[];
}

/** Whether there is no difference at all. */
export function isSame({ headers, blocks, devices }: SnapshotDifference): boolean {
  return headers.length === 0 && blocks.length === 0 && devices.length === 0;
}

/**
 * Compares two snapshots: what their headers say, guest memory page by page, and the state of their devices field by field.
 * How the files are laid out does not matter, nor what lies under clear bits.
 *
 * @throws MappedRamError as `comparePages` does; the signal's reason.
 */
export async function diffSnapshots(
  files: Pair<SnapshotFile>,
  options: DiffOptions = {},
): Promise<SnapshotDifference> {
  checkOptions<DiffOptions>(options, {
    only: textOption(['pages', 'devices']),
    maxRuns: limitOption,
    comparer: groupOption({ compare: functionOption }, ['compare']),
    signal: signalOption,
    onProgress: functionOption,
  });
  const { only } = options;
  return {
    headers: compareHeaders(files),
    blocks: only === 'devices' ? [] : await compareBlocks(files, options),
    devices: only === 'pages' ? [] : await compareDevices(files),
  };
}

function compareHeaders(files: Pair<SnapshotFile>): HeaderDifference[] {
  const [a, b] = [headersOf(files[0]), headersOf(files[1])];
  return (Object.keys(a) as HeaderDifference['name'][])
    .map((name) => ({ name, a: a[name] ?? null, b: b[name] ?? null }))
    .filter((header) => header.a !== header.b);
}

function headersOf({ snapshot }: SnapshotFile): Record<HeaderDifference['name'], string | undefined> {
  const { machine, capabilities, uuid, targetPageBits } = snapshot.configuration ?? {};
  return {
    machine,
    capabilities: capabilities
      ?.map(({ value }) => value)
      .sort()
      .join(', '),
    uuid,
    targetPageBits: targetPageBits?.toString(),
  };
}

async function compareBlocks(files: Pair<SnapshotFile>, options: DiffOptions): Promise<BlockDifference[]> {
  const blocksOf = ({ snapshot }: SnapshotFile) =>
    new Map(snapshot.ramBlocks.map((block) => [block.idstr, block]));
  const [left, right] = [blocksOf(files[0]), blocksOf(files[1])];
  const differences: BlockDifference[] = [];
  const totalBytes = files[0].snapshot.ramBlocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
  let passedBytes = 0;
  for (const [id, a] of left) {
    const difference = await compareBlock(files, [a, right.get(id)], options, (endPage) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ doneBytes: passedBytes + endPage * a.pageSize, totalBytes });
    });
    passedBytes += a.usedLength;
    if (difference !== undefined) differences.push(difference);
  }
  for (const [id, b] of right) {
    if (!left.has(id)) differences.push(unlike('only-b', [undefined, b]));
  }
  return differences;
}

async function compareBlock(
  files: Pair<SnapshotFile>,
  [a, b]: readonly [RamBlock, RamBlock | undefined],
  { maxRuns = 1000, comparer }: DiffOptions,
  onProgress: (endPage: number) => void,
): Promise<BlockDifference | undefined> {
  if (b === undefined) return unlike('only-a', [a, b]);
  if (a.ignored || b.ignored) return a.ignored && b.ignored ? undefined : unlike('not-in-file', [a, b]);
  if (a.pageSize !== b.pageSize) return unlike('page-size', [a, b]);
  const runs: PageRun[] = [];
  let runCount = 0;
  let differingPages = 0;
  await comparePages(
    files,
    [a, b],
    (firstPage, pageCount) => {
      if (runs.length < maxRuns) runs.push({ firstPage, pageCount });
      runCount++;
      differingPages += pageCount;
    },
    { comparer, onProgress },
  );
  if (runCount === 0 && a.usedLength === b.usedLength) return undefined;
  return { ...unlike('pages', [a, b]), differingPages, runCount, runs };
}

/** A difference without any pages in it. */
function unlike(
  kind: BlockDifference['kind'],
  [a, b]: readonly [RamBlock | undefined, RamBlock | undefined],
): BlockDifference {
  return {
    id: (a ?? b)?.idstr ?? '',
    kind,
    usedLengths: [a?.usedLength ?? null, b?.usedLength ?? null],
    pageSize: (a ?? b)?.pageSize ?? 0,
    pages: Math.min(a?.pageCount ?? 0, b?.pageCount ?? 0),
    differingPages: 0,
    runCount: 0,
    runs: [],
  };
}
