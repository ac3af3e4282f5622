import type { QemuVm } from '@mapped-ram/tool-qemu';
import { hasObjectPath } from '../blocks/memory-backends.js';
import type { PhysicalRange } from '../physical-map.js';

/** A line of `info mtree -f`: addresses, what it is, name, and the offset in it. `romd` is flash, which is no RAM to QEMU. */
const RANGE_LINE =
  /^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, (?:ram|rom)\): (\S+)(?: @([0-9a-f]{16}))?/;

interface NamedRange {
  readonly name: string;
  readonly address: bigint;
  readonly length: bigint;
  readonly offset: bigint;
}

/**
 * What a QEMU says of the RAM and ROM in its guest's memory, a line each: `0x100000 0x700000 pc.ram+0x100000`. What may be
 * written is set apart from what may not; here they are one.
 */
export async function memoryTree(vm: QemuVm): Promise<string[]> {
  const text = await vm.qmp.execute<string>('human-monitor-command', { 'command-line': 'info mtree -f' });
  const view = text.split('FlatView').find((part) => /AS "memory"/.test(part)) ?? '';
  const ranges: NamedRange[] = [];
  for (const range of view.split('\n').flatMap(parseRange)) {
    const last = ranges.at(-1);
    const goesOn =
      last?.name === range.name &&
      last.address + last.length === range.address &&
      last.offset + last.length === range.offset;
    if (goesOn) ranges[ranges.length - 1] = { ...last, length: last.length + range.length };
    else ranges.push(range);
  }
  return ranges.map(lineOf);
}

/** A range in the same words. QEMU's memory regions have no device's path in their names. */
export function rangeLine({ address, lengthBytes, block, blockOffset }: PhysicalRange): string {
  const name = hasObjectPath(block.idstr) ? block.idstr : block.idstr.slice(block.idstr.lastIndexOf('/') + 1);
  return lineOf({ name, address, length: BigInt(lengthBytes), offset: BigInt(blockOffset) });
}

function parseRange(line: string): NamedRange[] {
  const [, first, last, name = '', offset = '0'] = RANGE_LINE.exec(line) ?? [];
  if (first === undefined || last === undefined) return [];
  const address = BigInt(`0x${first}`);
  return [{ name, address, length: BigInt(`0x${last}`) - address + 1n, offset: BigInt(`0x${offset}`) }];
}

function lineOf({ name, address, length, offset }: NamedRange): string {
  return `0x${address.toString(16)} 0x${length.toString(16)} ${name}+0x${offset.toString(16)}`;
}
