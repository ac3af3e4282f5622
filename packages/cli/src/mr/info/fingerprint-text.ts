import type { FingerprintDifference, SnapshotInfo } from '@mapped-ram/inspect';
import { printable } from '../../shared/printable.js';
import type { TextStyle } from '../paint.js';

/** The fingerprints as `sha256sum` would print them, and in what each file differs from the first. */
export function fingerprintText(
  infos: readonly SnapshotInfo[],
  differences: readonly (readonly FingerprintDifference[])[],
  { paint }: TextStyle,
): string {
  const first = printable(infos[0]?.path ?? '');
  const lines = infos.map(({ path, fingerprint }) => `${fingerprint.hash}  ${printable(path)}`);
  for (const [index, { path }] of infos.entries()) {
    const list = differences[index] ?? [];
    if (list.length === 0) continue;
    lines.push('', `${paint('heading', printable(path))} differs from ${paint('heading', first)}:`);
    lines.push(...list.map((difference) => `  ${wordDifference(difference)}`));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function wordDifference({ kind, what, a, b }: FingerprintDifference): string {
  const subject = what === '' ? kind : `${kind} ${what}`;
  if (a === null) return printable(`${subject}: only here, ${b}`);
  if (b === null) return printable(`${subject}: missing, there ${a}`);
  return printable(`${subject}: ${b}, there ${a}`);
}
