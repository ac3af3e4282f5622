import type { MachineRecord } from '@mapped-ram/fit';
import type { GuestInfo } from '@mapped-ram/guest';
import { type BlockInfo, type DomainInfo, notInTheFile, type SnapshotInfo } from '@mapped-ram/inspect';
import { printable } from '../../shared/printable.js';
import { formatBytes, formatCount, formatNumber, formatOffset } from '../../shared/quantities.js';
import { wrap } from '../../shared/wrap.js';
import { deviceTable } from '../device-text/device-table.js';
import type { TextStyle } from '../paint.js';
import { textTable } from '../text-table.js';

const LABEL_COLUMNS = 16;
/** How much of the fingerprint is shown: enough to compare by eye. */
const FINGERPRINT_DIGITS = 16;

/** What is in a snapshot, and what was kept of its machine. */
export interface RecordedInfo extends SnapshotInfo {
  readonly record: MachineRecord | null;
}

/** What is in a snapshot, for people. */
export function infoText(info: RecordedInfo, { paint, columns }: TextStyle): string {
  const row = (label: string, text: string) =>
    wrap(text, columns, `  ${paint('label', label.padEnd(LABEL_COLUMNS))}`, ' '.repeat(LABEL_COLUMNS + 2));
  const indented = (lines: readonly string[]) =>
    lines.map((line, index) => `  ${index === 0 ? paint('label', line) : line}`);
  const lines = [
    paint('heading', printable(info.path)),
    ...facts(info).flatMap(([label, text]) => row(label, printable(text))),
    '',
    paint(
      'heading',
      `Memory: ${formatBytes(info.ram.usedLength)} in ${formatCount(info.blocks.length, 'block')}`,
    ),
    ...(info.blocks.length === 0 ? [] : indented(blockTable(info))),
    '',
    paint('heading', `Devices: ${formatNumber(info.devices.length)}`),
    ...(info.devices.length === 0 ? [] : indented(deviceTable(info.devices))),
    ...(info.record === null
      ? []
      : [
          '',
          paint('heading', 'Kept beside it'),
          ...recordFacts(info.record).flatMap(([label, text]) => row(label, printable(text))),
        ]),
    '',
    paint('heading', 'Not in the file'),
    ...notInTheFile.flatMap((text) => wrap(text, columns, '  ')),
  ];
  if (info.problems.length > 0) {
    lines.push('', paint('bad', 'Could not be read'));
    lines.push(...info.problems.flatMap(({ message }) => wrap(printable(message), columns, '  ')));
    lines.push(...wrap('mr-lint tells what QEMU does with such a file.', columns, '  '));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function facts(info: SnapshotInfo): (readonly [label: string, text: string])[] {
  const { save, libvirt } = info;
  const rows: [string, string][] = [
    ['machine', info.machine ?? 'not told'],
    ['capabilities', info.capabilities.join(', ') || (info.layout === 'classic' ? 'none' : 'not told')],
  ];
  if (info.uuid !== null) rows.push(['uuid', info.uuid]);
  rows.push(['saved while', savedWhile(info)]);
  if (save.machineTimeNs !== null) {
    rows.push(['machine time', `${(Number(save.machineTimeNs) / 1e9).toFixed(3)} s until the save`]);
  }
  if (save.guestClock !== null) {
    rows.push(['guest clock', `${save.guestClock.time.replace('T', ' ')} (${save.guestClock.device})`]);
  }
  const onDisk = info.allocatedBytes === null ? '' : `, ${formatBytes(info.allocatedBytes)} on disk`;
  rows.push(['file', `${formatBytes(info.sizeBytes)}${onDisk}`]);
  if (info.streamOffset > 0) rows.push(['stream', `starts at ${formatOffset(info.streamOffset)}`]);
  if (libvirt !== null) {
    const state = libvirt.incomplete
      ? 'incomplete'
      : libvirt.wasRunning
        ? 'of a running guest'
        : 'of a paused guest';
    rows.push(['libvirt', `save image ${state}, format ${libvirt.format}`]);
    rows.push(['domain', domainText(libvirt.domain)]);
  }
  if (info.guest !== null) rows.push(...guestFacts(info.guest));
  if (info.targetPageBits !== null) rows.push(['target page', formatBytes(2 ** info.targetPageBits)]);
  if (info.layout !== 'mapped-ram') rows.push(['layout', layoutInWords(info)]);
  rows.push(['fingerprint', info.fingerprint.hash.slice(0, FINGERPRINT_DIGITS)]);
  return rows;
}

function domainText(domain: DomainInfo | null): string {
  if (domain === null) return 'its XML cannot be read (see mr-lint)';
  const { name, uuid, memoryBytes, processors } = domain;
  return [
    name,
    ...(uuid === null ? [] : [uuid]),
    ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]),
    ...(processors === null ? [] : [formatCount(processors, 'processor')]),
  ].join(', ');
}

/** What the record tells, in rows. */
function recordFacts({
  qemu,
  accelerator,
  processors,
  firmware,
  devices,
  disks,
  file,
}: MachineRecord): [label: string, text: string][] {
  const { count, model = 'unknown' } = processors;
  const rows: [string, string][] = [
    ['saved by', `QEMU ${qemu}${accelerator === undefined ? '' : `, ${accelerator}`}`],
    ['processors', `${formatNumber(count)}, ${model}`],
  ];
  if (firmware !== undefined) rows.push(['firmware', firmware]);
  if (devices.length > 0) rows.push(['devices', devices.map(({ type }) => type).join(', ')]);
  for (const { device, file: image, format = 'raw', sizeBytes } of disks) {
    if (image === undefined) continue;
    const size = sizeBytes === undefined ? '' : `, ${formatBytes(sizeBytes)}`;
    rows.push(['disk', `${device}: ${image} (${format}${size})`]);
  }
  if (file?.digest !== undefined) rows.push(['digest', file.digest]);
  return rows;
}

function layoutInWords({ layout, blocks }: SnapshotInfo): string {
  if (layout === null) return 'not read so far';
  return blocks.length === 0 ? 'classic' : 'classic: places are those that mr convert would give';
}

function guestFacts(guest: GuestInfo): [label: string, text: string][] {
  const { release, architecture, kernelOffset, physBase, pagingLevels, freePages, pageSize } = guest;
  const places = [
    ...(kernelOffset === null ? [] : [`KASLR offset 0x${kernelOffset}`]),
    ...(physBase === null ? [] : [`phys_base 0x${physBase}`]),
    `${pagingLevels} levels of page tables`,
  ];
  const free =
    freePages === null
      ? []
      : [`${formatCount(freePages, 'page')} (${formatBytes(freePages * pageSize)}); mr trim drops them`];
  return [
    ['guest', `Linux ${release} (${architecture})`],
    ['kernel', places.join(', ')],
    ...free.map((text): [string, string] => ['free in it', text]),
  ];
}

function savedWhile({ save, libvirt, ram }: SnapshotInfo): string {
  const state = libvirt !== null && save.wasRunning === true ? 'running, stopped by libvirt' : save.runState;
  const parts = [state ?? 'not told', `memory in ${formatCount(save.ramParts, 'part')}`];
  if (ram.stalePages !== null && ram.stalePages > 0) {
    const pages = formatCount(ram.stalePages, 'page');
    const isStale = save.guest === 'live';
    parts.push(
      isStale
        ? `${pages} left from an earlier round under clear bits`
        : `${pages} with data under clear bits (see mr-lint)`,
    );
  }
  if (!save.complete) parts.push('NOT COMPLETE');
  return parts.join('; ');
}

function blockTable({ blocks }: SnapshotInfo): string[] {
  const count = (pages: number | null) => (pages === null ? '' : formatNumber(pages));
  const share = ({ setPages, pages }: BlockInfo) =>
    setPages === null || pages === 0 ? '' : `${Math.round((setPages / pages) * 100)}%`;
  return textTable(
    [
      { heading: 'block' },
      ...['size', 'page', 'pages', 'set', '', 'zero', 'stale', 'stored zeros', 'pages at'].map((heading) => ({
        heading,
        align: 'right' as const,
      })),
    ],
    blocks.map((block) => [
      printable(block.id),
      formatBytes(block.usedLength),
      String(block.pageSize),
      formatNumber(block.pages),
      block.ignored ? 'not in the file' : count(block.setPages),
      share(block),
      count(block.zeroPages),
      count(block.stalePages),
      count(block.storedZeroPages),
      block.ignored ? '' : formatOffset(block.pagesOffset),
    ]),
  );
}
