import { captureInfo } from '@mapped-ram/fixtures';
import type { Outcome } from '@mapped-ram/lint';
import type { JudgedQemu, Judgement } from '../protocol/messages.js';
import { isFailure } from '../protocol/testee-process.js';
import { askTestee } from '../run/run-testee.js';
import { findTestee } from '../run/testees.js';
import { captureCase, type TestCase } from '../run/vector-case.js';
import type { FuzzBase } from './base.js';
import { type FuzzCase, imageOf } from './plan-case.js';

/** Who predicts. */
const LINTER = 'ts';

/** What one QEMU was predicted to do with a file, and what it did. */
export interface Comparison {
  readonly fuzzCase: FuzzCase;
  /** The testee, such as `qemu-10.0`. */
  readonly against: string;
  readonly predicted: Outcome;
  readonly actual: Outcome;
  /** QEMU's words. */
  readonly says: string;
  /** The rules that fired. */
  readonly rules: readonly string[];
}

/** Answers that are no verdict: the case, and why. */
export interface NotJudged {
  readonly fuzzCase: FuzzCase;
  readonly against: string;
  readonly reason: string;
}

export interface Judged {
  readonly comparisons: readonly Comparison[];
  readonly notJudged: readonly NotJudged[];
}

/** Puts the files to the linter and to each QEMU that restores their undamaged base. */
export async function judgeCases(cases: readonly FuzzCase[], against: readonly string[]): Promise<Judged> {
  const comparisons: Comparison[] = [];
  const notJudged: NotJudged[] = [];
  const predictions = await ask(LINTER, cases.map(testCaseOf));
  for (const testee of against) {
    const judged = judgedBy(testee);
    const restorable = cases.filter(({ base }) => isAsked(base, judged));
    const answers = await ask(testee, restorable.map(testCaseOf));
    for (const fuzzCase of restorable) {
      const key = keyOf(fuzzCase.id, judged);
      const predicted = predictions.get(key);
      const actual = answers.get(key);
      if (typeof predicted !== 'object' || typeof actual !== 'object') {
        const reason = typeof predicted === 'object' ? actual : predicted;
        notJudged.push({ fuzzCase, against: testee, reason: String(reason) });
        continue;
      }
      const rules = predicted.rules?.map(({ id }) => id) ?? [];
      comparisons.push({
        fuzzCase,
        against: testee,
        predicted: predicted.verdict,
        actual: actual.verdict,
        says: actual.says,
        rules: [...new Set(rules)],
      });
    }
  }
  return { comparisons, notJudged };
}

/** Whether QEMU restores exactly the memory that the damaged file holds, whatever was saved. */
export async function restoresWhatItHolds({ fuzzCase, against }: Comparison): Promise<boolean> {
  const { saved, destination, ...testCase } = testCaseOf(fuzzCase);
  const itself = { ...testCase, destination: { ...destination, memory: [] } };
  const [answer] = (await ask(against, [itself])).values();
  if (typeof answer !== 'object') return false;
  // QEMU writes no zeros over what the destination has in its own ROMs.
  return answer.verdict === 'restores' || differsInDeviceMemory(answer.says);
}

/** Whether the first thing that differs is the memory of a device or a firmware image. */
export function differsInDeviceMemory(says: string): boolean {
  return /^(\S*\/\S*|\S+\.(bios|rom|vram)|isa-bios|vga\S*) differs/.test(says);
}

/** The QEMU behind a testee's name. @throws RangeError where there is none */
export function judgedBy(testee: string): JudgedQemu {
  const [, version, multifd] = /^qemu-([\d.]+)(-multifd)?$/.exec(testee) ?? [];
  if (version === undefined) throw new RangeError(`${testee} is no QEMU`);
  return { version, multifd: multifd !== undefined };
}

/** Whether a QEMU restores the undamaged file. Classic streams and disk images are read without multifd. */
function isAsked({ form, captureId, mappedRam }: FuzzBase, { version, multifd }: JudgedQemu): boolean {
  if (form !== 'mapped-ram' && multifd) return false;
  const [saved] = /\d+\.\d+/.exec(captureId) ?? [];
  // What QEMU 11.1 saved with mapped-ram into a disk 10.0 does not load, and has nothing to say of what is damaged in it.
  if (form === 'qcow2' && mappedRam !== false) return version !== '10.0';
  if (captureId.startsWith('libvirt') || (saved !== undefined && form === 'classic')) return true;
  return captureInfo(captureId).restoreResults[version]?.verdict === 'restores';
}

function testCaseOf(fuzzCase: FuzzCase): TestCase {
  const { mappedRam, internalSnapshot } = fuzzCase.base;
  return {
    ...captureCase(fuzzCase.base.captureId),
    id: fuzzCase.id,
    // Where a stream begins is told, and what lies before it is not looked at.
    findsStream: false,
    ...(mappedRam === false && { mappedRam }),
    ...(internalSnapshot !== undefined && { internalSnapshot }),
    write: (path) => imageOf(fuzzCase).writeTo(path),
  };
}

const keyOf = (id: string, { version, multifd }: JudgedQemu) => `${id} ${version} ${multifd}`;

/** The judgements, or why there is none, by case and QEMU. */
async function ask(testee: string, cases: readonly TestCase[]): Promise<Map<string, Judgement | string>> {
  const answers = new Map<string, Judgement | string>();
  if (cases.length === 0) return answers;
  await askTestee(findTestee(testee), { cases, operations: ['judge'] }, ({ testCase, qemu, reply }) => {
    if (qemu === undefined) return;
    const isVerdict = !isFailure(reply) && 'ok' in reply && 'verdict' in reply.ok;
    answers.set(keyOf(testCase.id, qemu), isVerdict ? (reply.ok as Judgement) : JSON.stringify(reply));
  });
  return answers;
}
