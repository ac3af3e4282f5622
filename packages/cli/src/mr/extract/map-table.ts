import type { PhysicalMap } from '@mapped-ram/extract';
import { printable } from '../../shared/printable.js';
import { formatBytes } from '../../shared/quantities.js';
import { textTable } from '../text-table.js';

/** A guest-physical map as a table, and what was taken to be so. */
export function mapTable({ ranges, assumptions }: PhysicalMap): string[] {
  const rows = ranges.map(({ address, lengthBytes, block, blockOffset }) => [
    hex(address),
    hex(address + BigInt(lengthBytes) - 1n),
    formatBytes(lengthBytes),
    printable(block.idstr),
    hex(blockOffset),
  ]);
  return [
    ...textTable(
      [
        { heading: 'from', align: 'right' },
        { heading: 'to', align: 'right' },
        { heading: 'length', align: 'right' },
        { heading: 'block' },
        { heading: 'offset', align: 'right' },
      ],
      rows,
    ),
    ...assumptions.map((assumption) => `assumed: ${assumption}`),
  ];
}

/** The same for JSON: addresses as text, since they may be beyond what numbers hold. */
export function mapJson({ ranges, assumptions }: PhysicalMap) {
  return {
    ranges: ranges.map(({ address, lengthBytes, block, blockOffset }) => ({
      address: hex(address),
      lengthBytes,
      block: block.idstr,
      blockOffset,
    })),
    assumptions,
  };
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
