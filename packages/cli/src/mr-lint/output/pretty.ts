import type { BlockSummary, FileReport, Finding, Outcome, Severity, SnapshotSummary } from '@mapped-ram/lint';
import type { Mark, Paint } from '../../shared/colour.js';
import { printable } from '../../shared/printable.js';
import { formatBytes, formatCount, formatNumber, formatOffset } from '../../shared/quantities.js';
import { wrap } from '../../shared/wrap.js';
import { isReport } from '../file-result.js';
import { predictionInWords } from '../prediction.js';
import { countFindings, verdictLine, verdicts } from '../verdict-line.js';
import type { Output, OutputContext } from './output.js';

const SEVERITY_MARKS: Readonly<Record<Severity, Mark>> = { error: 'bad', warning: 'warning', note: 'note' };

/** A rule that fires at every second page would bury the rest. */
const SHOWN_PER_RULE = 5;

const INDENT = '    ';

/** How the text is laid out. */
export interface PrettyStyle {
  readonly paint: Paint;
  /** Width to wrap at, in characters. */
  readonly columns: number;
}

/** Text for people: what the file holds, every finding, the verdict. */
export function prettyOutput(context: OutputContext, style: PrettyStyle): Output {
  const counts = new Map<Outcome | 'unusable', number>();
  let isFirst = true;
  return {
    file(result) {
      const kind = isReport(result) ? result.verdict : 'unusable';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (!isReport(result)) return '';
      if (context.quiet && countFindings(result).error === 0) return '';
      const gap = isFirst ? '' : '\n';
      isFirst = false;
      return `${gap}${fileLines(result, context, style).join('\n')}\n`;
    },
    end() {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      return total > 1 && !context.quiet ? `\n${formatCount(total, 'file')}: ${countsInWords(counts)}\n` : '';
    },
  };
}

function fileLines(report: FileReport, context: OutputContext, style: PrettyStyle): string[] {
  const path = `${printable(report.path)}: `;
  const lines = wrap(summaryInWords(report.snapshot), style.columns, path, INDENT);
  const shown = new Map<string, number>();
  for (const finding of report.findings) {
    const count = (shown.get(finding.rule) ?? 0) + 1;
    shown.set(finding.rule, count);
    if (count <= SHOWN_PER_RULE) lines.push('', ...findingLines(finding, context, style));
  }
  for (const [rule, count] of shown) {
    if (count > SHOWN_PER_RULE)
      lines.push('', `  ... and ${formatNumber(count - SHOWN_PER_RULE)} more of ${rule}`);
  }
  if (report.findings.length > 0) lines.push('');
  lines.push(verdictLine(report, context, style.paint));
  return lines;
}

/** `pc-q35-10.0, 3 blocks, 128 MiB of RAM, 4,321 of 32,768 pages set` */
function summaryInWords(snapshot: SnapshotSummary | null): string {
  if (snapshot === null) return 'no migration stream found';
  const { machine, blocks, classicBlocks, streamOffset } = snapshot;
  const total = (of: (block: BlockSummary) => number) => blocks.reduce((sum, block) => sum + of(block), 0);
  const parts = [
    machine === null ? 'machine not named' : printable(machine),
    formatCount((classicBlocks ?? blocks).length, 'block'),
  ];
  if (classicBlocks !== undefined) {
    const total = classicBlocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
    parts.push(`${formatBytes(total)} of RAM`, 'a classic stream');
  }
  if (blocks.length > 0) {
    const unread = blocks.some(({ setPages }) => setPages === null)
      ? ' (not every bitmap could be read)'
      : '';
    const set = formatNumber(total(({ setPages }) => setPages ?? 0));
    parts.push(`${formatBytes(total(({ usedLength }) => usedLength))} of RAM`);
    parts.push(`${set} of ${formatNumber(total(({ pages }) => pages))} pages set${unread}`);
  }
  if (streamOffset > 0) parts.push(`stream at ${formatOffset(streamOffset)}`);
  return parts.join(', ');
}

function findingLines(finding: Finding, { qemu }: OutputContext, style: PrettyStyle): string[] {
  const { severity, rule, byteOffset, byteLength, where, expected, actual, remedy } = finding;
  const head = `  ${style.paint(SEVERITY_MARKS[severity], severity)} ${style.paint('heading', rule)}`;
  const values: Field[] = [];
  if (expected !== undefined) values.push(['wanted', expected]);
  if (actual !== undefined) values.push(['got', actual]);
  const consequences: Field[] = [
    [`QEMU ${qemu}`, predictionInWords(finding)],
    ['help', remedy],
  ];
  if (severity === 'note') {
    const aside = [`at ${formatOffset(byteOffset)}`, where, ...values.map((value) => value.join(' '))];
    return [
      head,
      ...paragraph(`${finding.message} (${aside.join(', ')})`, style),
      ...runOn(consequences, style),
    ];
  }
  const length = byteLength === 0 ? '' : ` (${formatCount(byteLength, 'byte')})`;
  const place: Field = ['where', `${formatOffset(byteOffset)}${length} ${where}`];
  return [head, ...paragraph(finding.message, style), ...table([place, ...values, ...consequences], style)];
}

/** A label and what it says. */
type Field = readonly [label: string, text: string];

function paragraph(text: string, { columns }: PrettyStyle): string[] {
  return wrap(printable(text), columns, INDENT);
}

/** One field a line, the texts below each other. */
function table(fields: readonly Field[], { paint, columns }: PrettyStyle): string[] {
  const width = Math.max(...fields.map(([label]) => label.length)) + 2;
  return fields.flatMap(([label, text]) => {
    const [first = '', ...rest] = wrap(printable(text), columns, ' '.repeat(INDENT.length + width));
    const head = `${INDENT}${paint('label', `${label}:`)}${' '.repeat(width - label.length - 1)}`;
    return [head + first.trimStart(), ...rest];
  });
}

/** The fields one after the other. */
function runOn(fields: readonly Field[], { paint, columns }: PrettyStyle): string[] {
  const text = fields.map(([label, value]) => `${label}: ${value}`).join(' ');
  return wrap(printable(text), columns, INDENT).map((line) => paint('label', line));
}

/** `1 restore, 1 refused, 1 could not be read` */
function countsInWords(counts: ReadonlyMap<Outcome | 'unusable', number>): string {
  const words = { ...verdicts, unusable: { counted: 'could not be read' } };
  const kinds = Object.keys(words) as (keyof typeof words)[];
  const parts = kinds.map((kind) => [counts.get(kind) ?? 0, words[kind].counted] as const);
  return parts
    .filter(([count]) => count > 0)
    .map(([count, counted]) => `${formatNumber(count)} ${counted}`)
    .join(', ');
}
