import type { TrimmedZone, TrimReport } from '@mapped-ram/transform';
import { formatBytes, formatCount, formatNumber } from '../../shared/quantities.js';
import { textTable } from '../text-table.js';

/** What became of a file's pages, in words. */
export interface TrimOutcome {
  readonly path: string;
  readonly report: TrimReport;
  /** Bytes on disk; absent where nothing was changed. */
  readonly disk?: { readonly before: number; readonly after: number };
}

/** What was trimmed, or would be, for people. */
export function trimLines({ path, report, disk }: TrimOutcome): string[] {
  const { release, zones, freePages, offlinePages, elsewherePages, droppedPages, droppedBytes } = report;
  const pages = formatCount(droppedPages, 'page');
  const what =
    disk === undefined
      ? `${pages} (${formatBytes(droppedBytes)}) would be dropped`
      : `${pages} (${formatBytes(droppedBytes)}) dropped; ${formatBytes(disk.before)} of disk were used, ${formatBytes(disk.after)} are now`;
  const lines = [
    `${path}: ${what}`,
    `Linux ${release}: ${formatCount(freePages, 'page')} free in the guest`,
    ...zoneTable(zones),
  ];
  for (const zone of zones) {
    if (zone.fault !== undefined) lines.push(`${zoneName(zone)} is left as it is: ${zone.fault}`);
  }
  if (elsewherePages > 0) {
    lines.push(`${formatCount(elsewherePages, 'free page')} of other memory than main RAM left as they are`);
  }
  if (offlinePages > 0)
    lines.push(`${formatCount(offlinePages, 'page')} in the balloon or unplugged; --offline drops them too`);
  return lines;
}

function zoneTable(zones: readonly TrimmedZone[]): string[] {
  const orders = Math.max(0, ...zones.map(({ runs }) => runs.length));
  const right = (heading: string) => ({ heading, align: 'right' as const });
  const columns = [
    { heading: 'zone' },
    right('free'),
    right('dropped'),
    ...Array.from({ length: orders }, (_, order) => right(`2^${order}`)),
  ];
  const rows = zones.map((zone) => [
    zoneName(zone),
    formatNumber(zone.freePages),
    zone.fault === undefined ? formatNumber(zone.droppedPages) : '-',
    ...zone.runs.map(formatNumber),
  ]);
  return textTable(columns, rows).map((line) => `  ${line}`);
}

function zoneName({ node, name }: TrimmedZone): string {
  return `node ${node} ${name}`;
}
