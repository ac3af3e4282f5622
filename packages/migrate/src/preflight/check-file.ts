import type { FitFinding, FitReport } from '@mapped-ram/fit';
import type { FileReport, Finding } from '@mapped-ram/lint';
import type { QemuRamBlock } from '@mapped-ram/qmp';
import { fault, type PreflightFinding } from './finding.js';
import type { QemuFacts } from './qemu-facts.js';

/** What of a file, as the lint reports it, keeps it from being restored. */
export function* checkFile({ findings }: FileReport): Generator<PreflightFinding, void, undefined> {
  for (const { rule, severity, outcome, message, remedy, metAt } of findings) {
    if (severity !== 'error') continue;
    yield fault('faulty-file', preflightOutcome(outcome), `the file is faulty (${rule}): ${message}`, {
      help: remedy,
      metAt,
    });
  }
}

/** An error that loads is one all the same: somebody said so with a level. */
function preflightOutcome(outcome: Finding['outcome']): PreflightFinding['outcome'] {
  return outcome === 'restores' ? 'works' : outcome;
}

/** Whether the file fits the machine: QEMU looks at the machine's type and at every block by name. */
export function* checkMachine(
  { snapshot, verdict }: FileReport,
  facts: Pick<QemuFacts, 'machine' | 'blocks'>,
  fit?: FitReport,
): Generator<PreflightFinding, void, undefined> {
  if (snapshot === null) return;
  const { machine } = snapshot;
  if (machine !== null && machine !== facts.machine) {
    const message = `the file is of a machine ${machine}, and QEMU has a ${facts.machine}`;
    yield fault('machine-differs', 'refused', message, {
      help: `-machine ${machine}, and the memory and devices that were saved`,
      qemuError: `Machine type received is '${machine}' and local is '${facts.machine}'`,
      metAt: findingOf(fit, 'machine-differs')?.metAt ?? 0,
    });
  }
  const own = new Map(facts.blocks.map((block) => [block.idstr, block]));
  for (const { id, usedLength } of snapshot.blocks) {
    const block = own.get(id);
    own.delete(id);
    if (block === undefined) {
      yield fault('block-differs', 'refused', `the file has memory ${id}, and QEMU has none of that name`, {
        qemuError: `Unknown ramblock "${id}", cannot accept migration`,
        metAt: findingOf(fit, 'block-missing', id)?.metAt ?? 0,
        help: findingOf(fit, 'block-missing', id)?.help,
      });
    } else if (usedLength !== block.usedLength) {
      yield* otherLength(block, usedLength, fit && findingOf(fit, 'block-length', id));
    }
  }
  // Of a file that cannot be read to its end, nothing is known of the rest.
  if (verdict !== 'restores') return;
  for (const id of own.keys()) {
    yield {
      code: 'block-differs',
      severity: 'warning',
      outcome: 'works',
      message: `QEMU has memory ${id}, of which nothing is in the file`,
    };
  }
}

/** Whether the destination has every device of the file, and takes its state. */
export function* checkDevices({ findings }: FitReport): Generator<PreflightFinding, void, undefined> {
  // QEMU looks at no device of another machine, and hardly one of them is the same.
  if (findings.some(({ code }) => code === 'machine-differs')) return;
  for (const { code, outcome, message, help, qemu, metAt } of findings) {
    if (outcome === 'restores' || NOT_DEVICES.has(code)) continue;
    yield fault('device-differs', outcome, message, { help, qemuError: qemu, metAt });
  }
}

/** Whether the guest finds its memory where it was, as far as the file or its record tells. */
export function* checkPlaces({ findings }: FitReport): Generator<PreflightFinding, void, undefined> {
  for (const { code, outcome, message, help, metAt } of findings) {
    if (code === 'memory-moved' && outcome !== 'restores')
      yield fault(code, outcome, message, { help, metAt });
  }
}

/** What `checkFile`, `checkMachine` and `checkPlaces` tell. */
const NOT_DEVICES: ReadonlySet<string> = new Set([
  'faulty-file',
  'machine-differs',
  'block-missing',
  'block-length',
  'memory-moved',
]);

/** With mapped-ram QEMU does not compare lengths. Blocks that can be resized, such as ROMs, do differ from one QEMU to another. */
function* otherLength(
  { idstr, usedLength, maxLength }: QemuRamBlock,
  savedLength: number,
  found: FitFinding | undefined,
): Generator<PreflightFinding, void, undefined> {
  const isResizable = maxLength > usedLength;
  const mayBeOutside = found?.outcome !== 'restores';
  const metAt = found?.metAt ?? 0;
  const message = `the memory ${idstr} has ${savedLength} bytes in the file and ${usedLength} in QEMU`;
  const help = found?.help ?? 'start QEMU with the memory that was saved';
  if (savedLength > usedLength && !mayBeOutside) {
    const consequence = 'no page that is set lies beyond it, and QEMU completes';
    yield {
      code: 'block-differs',
      severity: 'warning',
      outcome: 'works',
      message: `${message}: ${consequence}`,
      help,
    };
  } else if (savedLength > usedLength) {
    const outside = { help, qemuError: `page outside of ramblock ${idstr} range`, metAt };
    const finding = fault('block-differs', 'refused', `${message}: pages are outside`, outside);
    yield isResizable ? { ...finding, severity: 'warning', outcome: 'works' } : finding;
  } else if (!isResizable) {
    const consequence = 'QEMU completes, with memory behind it that nobody saved';
    yield fault('block-differs', 'wrong-memory', `${message}: ${consequence}`, { help, metAt });
  }
}

/** What the comparison with the destination says of a block or, without one, of the machine. */
function findingOf(
  fit: FitReport | undefined,
  code: FitFinding['code'],
  subject?: string,
): FitFinding | undefined {
  return fit?.findings.find((finding) => finding.code === code && finding.subject === subject);
}
