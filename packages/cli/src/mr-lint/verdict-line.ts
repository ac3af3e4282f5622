import type { FileReport, Outcome, Severity } from '@mapped-ram/lint';
import { type Mark, type Paint, plainPaint } from '../shared/colour.js';
import { printable } from '../shared/printable.js';
import { formatCount } from '../shared/quantities.js';
import type { OutputContext } from './output/output.js';

/** A verdict as people read it. */
interface VerdictWords {
  /** Of one file. */
  readonly label: string;
  /** After a number of files. */
  readonly counted: string;
  readonly mark: Mark;
}

/** All verdicts, the best first. */
export const verdicts: Readonly<Record<Outcome, VerdictWords>> = {
  restores: { label: 'restores', counted: 'restore', mark: 'good' },
  'wrong-memory': { label: 'WRONG MEMORY', counted: 'with wrong memory', mark: 'bad' },
  refused: { label: 'REFUSED', counted: 'refused', mark: 'bad' },
  crashes: { label: 'CRASHES', counted: 'crash', mark: 'bad' },
};

/** The QEMU that the prediction is for: `QEMU 11.1`, `QEMU 10.0 with multifd`. */
export function targetInWords({ qemu, multifd }: Pick<OutputContext, 'qemu' | 'multifd'>): string {
  return `QEMU ${qemu}${multifd ? ' with multifd' : ''}`;
}

/** How many findings of each severity: `no errors, 1 note`. */
export function countFindings(report: FileReport): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { severity } of report.findings) counts[severity]++;
  return counts;
}

/** `x.mr: REFUSED (QEMU 11.1): 1 error, 2 notes` */
export function verdictLine(report: FileReport, context: OutputContext, paint: Paint = plainPaint): string {
  const { mark } = verdicts[report.verdict];
  const { error, warning, note } = countFindings(report);
  const counts = [formatCount(error, 'error')];
  if (warning > 0) counts.push(formatCount(warning, 'warning'));
  if (note > 0) counts.push(formatCount(note, 'note'));
  const path = paint('heading', printable(report.path));
  return `${path}: ${paint(mark, labelOf(report))} (${targetInWords(context)})${uncheckedWords(report, context)}: ${counts.join(', ')}`;
}

/** Of a file whose devices were not checked, only the file is known to be good. */
function labelOf({ verdict, devicesChecked }: FileReport): string {
  return verdict === 'restores' && !devicesChecked ? 'the file is sound' : verdicts[verdict].label;
}

function uncheckedWords({ verdict, devicesChecked }: FileReport, { qemu }: OutputContext): string {
  if (verdict !== 'restores' || devicesChecked) return '';
  return `; its devices were not checked against QEMU ${qemu}`;
}
