import type { BlockDifference, DeviceDifference, Pair, SnapshotDifference } from '@mapped-ram/inspect';
import { printable } from '../../shared/printable.js';
import { formatBytes, formatCount, formatNumber, formatOffset } from '../../shared/quantities.js';
import { padRight, textWidth } from '../../shared/text-width.js';
import { wrap } from '../../shared/wrap.js';
import { changeText } from '../device-text/value-text.js';
import type { TextStyle } from '../paint.js';

/** Runs of a block, and fields of a device, that are shown unless all are wanted. */
const SHOWN_RUNS = 10;
const SHOWN_FIELDS = 20;

/** The difference for people; nothing where there is none. */
export function diffText(
  [a, b]: Pair<string>,
  { headers, blocks, devices }: SnapshotDifference,
  style: TextStyle,
  isAll: boolean,
): string {
  const { paint } = style;
  const lines = [
    ...headers.map(
      (header) => `${header.name}: ${printable(header.a ?? 'none')} -> ${printable(header.b ?? 'none')}`,
    ),
    ...blocks.flatMap((block) => blockLines(block, style, isAll)),
    ...devices.flatMap((device) => deviceLines(device, style, isAll)),
  ];
  if (lines.length === 0) return '';
  return [paint('bad', `--- ${printable(a)}`), paint('good', `+++ ${printable(b)}`), ...lines, ''].join('\n');
}

function blockLines(difference: BlockDifference, { paint }: TextStyle, isAll: boolean): string[] {
  const { id, kind, usedLengths, pages, differingPages, runCount, runs, pageSize } = difference;
  const name = paint('heading', printable(id));
  const [lengthA, lengthB] = usedLengths.map((length) => formatBytes(length ?? 0));
  if (kind === 'only-a') return [`${name}: only in the first, ${lengthA}`];
  if (kind === 'only-b') return [`${name}: only in the second, ${lengthB}`];
  if (kind === 'page-size') return [`${name}: pages of another size, not compared`];
  if (kind === 'not-in-file') return [`${name}: only one file has its memory`];
  const lengths = lengthA === lengthB ? '' : `${lengthA} -> ${lengthB}; `;
  const count = `${formatNumber(differingPages)} of ${formatCount(pages, 'page')} differ`;
  const lines = [`${name}: ${lengths}${count}${runCount > 0 ? `, in ${formatCount(runCount, 'run')}` : ''}`];
  const shown = isAll ? runs : runs.slice(0, SHOWN_RUNS);
  for (const { firstPage, pageCount } of shown) {
    const start = firstPage * pageSize;
    const last = start + pageCount * pageSize - 1;
    lines.push(`  ${formatOffset(start)}-${formatOffset(last)}  ${formatCount(pageCount, 'page')}`);
  }
  if (runCount > shown.length)
    lines.push(paint('label', `  and ${formatCount(runCount - shown.length, 'more run')}`));
  return lines;
}

function deviceLines(difference: DeviceDifference, { paint, columns }: TextStyle, isAll: boolean): string[] {
  const { name, instanceId, kind, versions, fields } = difference;
  const heading = paint('heading', `${printable(name)} ${instanceId}`);
  if (kind === 'only-a') return [`${heading}: only in the first`];
  if (kind === 'only-b') return [`${heading}: only in the second`];
  const version = versions === undefined ? '' : ` version ${versions[0]} -> ${versions[1]}`;
  if (kind === 'bytes') return [`${heading}:${version} differs, and nothing describes how`];
  const lines = [
    `${heading}:${version}${fields.length === 0 ? '' : ` ${formatCount(fields.length, 'field')}`}`,
  ];
  const shown = isAll ? fields : fields.slice(0, SHOWN_FIELDS);
  const width = Math.max(...shown.map(({ path }) => textWidth(printable(path))), 0);
  for (const { path, type, a, b } of shown) {
    lines.push(
      ...wrap(
        changeText(a, b, type),
        columns,
        `  ${padRight(printable(path), width)}  `,
        ' '.repeat(width + 4),
      ),
    );
  }
  if (fields.length > shown.length) {
    lines.push(paint('label', `  and ${formatCount(fields.length - shown.length, 'more field')}`));
  }
  return lines;
}
