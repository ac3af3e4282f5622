import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { isFailure } from '../protocol/testee-process.js';
import type { QemuRecord, RestoreMode, Vector } from '../vector/vector.js';
import { askTestee } from './run-testee.js';
import { findTestee } from './testees.js';
import { vectorCase } from './vector-case.js';

/** What a QEMU did with a vector, or why it is not known: it lacks the machine, or could not do its work. */
export type QemuAnswer = QemuRecord | { readonly skipped: string } | { readonly failure: string };

/** The answers of one QEMU, by vector. */
export interface QemuAnswers {
  /** The full version, with its package. */
  readonly fullVersion: string;
  readonly answers: ReadonlyMap<string, QemuAnswer>;
}

/** Has a real QEMU restore vectors. */
export async function askQemu(
  vectors: readonly Vector[],
  version: QemuVersion,
  mode: RestoreMode,
): Promise<QemuAnswers> {
  const answers = new Map<string, QemuAnswer>();
  const testee = findTestee(`qemu-${version}${mode === 'multifd' ? '-multifd' : ''}`);
  const questionnaire = { cases: vectors.map(vectorCase), operations: ['judge'] } as const;
  const start = await askTestee(testee, questionnaire, ({ testCase, reply }) => {
    if ('skipped' in reply) answers.set(testCase.id, { skipped: reply.skipped.reason });
    else if (isFailure(reply) || !('ok' in reply) || !('verdict' in reply.ok)) {
      answers.set(testCase.id, { failure: JSON.stringify(reply) });
    } else {
      const { verdict, says } = reply.ok;
      answers.set(testCase.id, { verdict, says });
    }
  });
  return { fullVersion: start.version, answers };
}

/** The vector with what a QEMU did, in a fixed order of members, whatever was recorded first. */
export function withRecord(
  vector: Vector,
  version: QemuVersion,
  mode: RestoreMode,
  fullVersion: string,
  record: QemuRecord,
): Vector {
  const before = vector.qemu?.[version];
  const modes = { plain: before?.plain, multifd: before?.multifd, [mode]: record };
  const versions = { ...vector.qemu, [version]: { version: fullVersion, ...modes } };
  return { ...vector, qemu: Object.fromEntries(Object.entries(versions).sort()) };
}
