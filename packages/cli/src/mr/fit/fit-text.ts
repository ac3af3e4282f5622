import type { Destination, FitFinding, FitReport, TriedRestore } from '@mapped-ram/fit';
import type { Outcome } from '@mapped-ram/lint';
import { printable } from '../../shared/printable.js';

const WORDS: Readonly<Record<Outcome, string>> = {
  restores: 'restores',
  refused: 'REFUSED',
  crashes: 'QEMU DIES',
  'wrong-memory': 'WRONG MEMORY',
};

/** The verdict, then every difference with what QEMU does at it and what mends it. */
export function fitText(
  path: string,
  { machine, qemu }: Destination,
  { verdict, findings }: FitReport,
  tried: TriedRestore | undefined,
): string {
  const lines = [
    `${path} in QEMU ${qemu}, ${machine}: ${WORDS[verdict]}`,
    ...findings.flatMap(findingLines),
    ...(tried === undefined ? [] : [triedLine(tried)]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function triedLine(tried: TriedRestore): string {
  const says = 'says' in tried ? `: ${tried.says}` : '';
  return `  tried: ${WORDS[tried.outcome]}${says}`;
}

function findingLines({ code, outcome, message, help, qemu }: FitFinding): string[] {
  const isFault = outcome !== 'restores';
  return [
    `  ${isFault ? 'error' : 'note'} ${code}: ${message}`,
    ...(help === undefined ? [] : [`    ${isFault ? 'help' : 'to be the same'}: ${help}`]),
    ...(qemu === undefined || !isFault ? [] : [`    QEMU: ${qemu}`]),
  ];
}
