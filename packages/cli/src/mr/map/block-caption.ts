import type { RamBlock } from '@mapped-ram/reader';
import { printable } from '../../shared/printable.js';
import { formatBytes, formatNumber } from '../../shared/quantities.js';

/** `pc.ram: 128 MiB, 4,321 of 32,768 pages set (13%)` */
export function blockCaption({ idstr, usedLength, pageCount, ignored }: RamBlock, setPages: number): string {
  const head = `${printable(idstr)}: ${formatBytes(usedLength)}`;
  if (ignored) return `${head}, not in the file`;
  const share = pageCount === 0 ? '' : ` (${Math.round((setPages / pageCount) * 100)}%)`;
  return `${head}, ${formatNumber(setPages)} of ${formatNumber(pageCount)} pages set${share}`;
}
