import { parseArgs } from 'node:util';
import { QEMU_VERSIONS, type QemuVersion } from '@mapped-ram/tool-qemu';
import { isFailure } from '../protocol/testee-process.js';
import type { AskedQuestion } from '../run/put-questions.js';
import { askTestee } from '../run/run-testee.js';
import { findTestee } from '../run/testees.js';
import { vectorCase } from '../run/vector-case.js';
import { readVector, readVectors, writeVector } from '../vector/store.js';
import { type QemuRecord, type RestoreMode, restoreModes, type Vector } from '../vector/vector.js';
import type { Command } from './command.js';
import { select } from './select.js';
import { UsageError } from './usage-error.js';

/** `conformance record` */
export const recordCommand: Command = {
  name: 'record',
  summary: 'Run real QEMU with the vectors and write down what it did.',
  help: `conformance record [--run PATTERN] [--qemu ${QEMU_VERSIONS.join(',')}] [--missing]

  --run PATTERN     only vectors whose id fits, such as 'header/*'
  --qemu VERSIONS   only these, separated by commas; all by default
  --missing         only where nothing is recorded yet

Each vector is restored plain and with multifd. Exit status 1 where a vector could not be recorded, or where QEMU did
something else than was recorded before.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        run: { type: 'string' },
        qemu: { type: 'string', default: QEMU_VERSIONS.join(',') },
        missing: { type: 'boolean', default: false },
      },
    });
    const vectors = select(readVectors(), values.run);
    let failures = 0;
    for (const version of values.qemu.split(',')) {
      if (!isQemuVersion(version))
        throw new UsageError(`--qemu takes ${QEMU_VERSIONS.join(', ')}, not ${version}`);
      for (const mode of restoreModes) {
        const wanted = vectors.filter(
          (vector) => !values.missing || vector.qemu?.[version]?.[mode] === undefined,
        );
        failures += await recordMode(wanted, version, mode);
      }
    }
    return failures === 0 ? 0 : 1;
  },
};

function isQemuVersion(text: string): text is QemuVersion {
  return (QEMU_VERSIONS as readonly string[]).includes(text);
}

/** @returns how many vectors could not be recorded, or went another way than before */
async function recordMode(
  vectors: readonly Vector[],
  version: QemuVersion,
  mode: RestoreMode,
): Promise<number> {
  if (vectors.length === 0) return 0;
  const answers: AskedQuestion[] = [];
  const testee = findTestee(`qemu-${version}${mode === 'multifd' ? '-multifd' : ''}`);
  const start = await askTestee(testee, { cases: vectors.map(vectorCase), operations: ['judge'] }, (asked) =>
    answers.push(asked),
  );
  let failures = 0;
  for (const { testCase, reply } of answers) {
    if ('skipped' in reply) {
      console.log(`${testCase.id}: ${version} ${mode}: skipped: ${reply.skipped.reason}`);
      continue;
    }
    if (isFailure(reply) || !('ok' in reply) || !('verdict' in reply.ok)) {
      console.error(`${testCase.id}: ${version} ${mode}: not recorded: ${JSON.stringify(reply)}`);
      failures++;
      continue;
    }
    const { verdict, says } = reply.ok;
    if (!recordVerdict(testCase.id, version, start.version, mode, { verdict, says })) failures++;
  }
  return failures;
}

/** @returns false where the verdict is another one than before */
function recordVerdict(
  id: string,
  version: QemuVersion,
  fullVersion: string,
  mode: RestoreMode,
  record: QemuRecord,
): boolean {
  const vector = readVector(id) as Vector;
  const before = vector.qemu?.[version];
  const isSame = before?.[mode] === undefined || before[mode].verdict === record.verdict;
  if (!isSame) console.error(`${id}: ${version} ${mode}: was ${before[mode]?.verdict}, is ${record.verdict}`);
  // A fixed order of keys, whatever was recorded first.
  const modes = { plain: before?.plain, multifd: before?.multifd, [mode]: record };
  const versions = { ...vector.qemu, [version]: { version: fullVersion, ...modes } };
  writeVector({ ...vector, qemu: Object.fromEntries(Object.entries(versions).sort()) });
  return isSame;
}
