import type { QmpClient } from './qmp-client.js';
import { count, mismatch, type ResultShape, text } from './result-shape.js';

/** A stretch of guest-physical addresses behind which a stretch of a memory region lies. In bytes. */
export interface QemuMemoryRange {
  /** The region's name: the id of a memory backend, or a name of the board's, with no device's path in front. */
  readonly region: string;
  readonly address: number;
  readonly lengthBytes: number;
  /** Where in the region it begins. */
  readonly regionOffset: number;
}

/**
 * A line of `info mtree -f`: addresses, priority, kind, name, and the offset in the region (QEMU 10.0 to 11.1, system/memory.c,
 * `mtree_print_flatview`). `romd` is flash, which is no RAM to QEMU.
 */
const RANGE_LINE =
  /^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, (?:ram|rom|nv-ram)\): (\S+)(?: @([0-9a-f]{16}))?/;
/** A name has up to 255 bytes, and the columns beside it are narrow. */
const MAX_LINE_LENGTH = 1024;

/**
 * The RAM and ROM that a guest sees, in ascending addresses. Neighbours that go on in the same region are one: what the guest may write is
 * not told apart from what it may not. No QMP command tells them; they are read from what the human monitor prints.
 *
 * @throws as `execute`
 */
export async function queryMemoryRanges(
  qmp: Pick<QmpClient, 'execute'>,
): Promise<readonly QemuMemoryRange[]> {
  const args = { 'command-line': 'info mtree -f' };
  return qmp.execute('human-monitor-command', args, { result: flatView });
}

const flatView: ResultShape<readonly QemuMemoryRange[]> = (value, path) => {
  const printed = text(value, path);
  const view = printed.split('FlatView').find((part) => part.includes('AS "memory"'));
  if (view === undefined) throw mismatch(path, 'the views of info mtree', value);
  const ranges: QemuMemoryRange[] = [];
  for (const line of view.split('\n')) {
    const range = line.length > MAX_LINE_LENGTH ? undefined : rangeOf(line, path);
    if (range === undefined) continue;
    const last = ranges.at(-1);
    if (last !== undefined && goesOn(last, range))
      ranges[ranges.length - 1] = { ...last, lengthBytes: last.lengthBytes + range.lengthBytes };
    else ranges.push(range);
  }
  return ranges;
};

function rangeOf(line: string, path: string): QemuMemoryRange | undefined {
  const [, first, last, region, offset = '0'] = RANGE_LINE.exec(line) ?? [];
  if (first === undefined || last === undefined || region === undefined) return undefined;
  const bytes = (digits: string) => count(Number(`0x${digits}`), `${path}, ${region}`);
  const address = bytes(first);
  return { region, address, lengthBytes: bytes(last) - address + 1, regionOffset: bytes(offset) };
}

function goesOn(last: QemuMemoryRange, next: QemuMemoryRange): boolean {
  return (
    last.region === next.region &&
    last.address + last.lengthBytes === next.address &&
    last.regionOffset + last.lengthBytes === next.regionOffset
  );
}
