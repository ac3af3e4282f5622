import { parseArgs } from 'node:util';
import { QEMU_VERSIONS, type QemuVersion } from '@mapped-ram/tool-qemu';
import { askQemu, withRecord } from '../run/ask-qemu.js';
import { readVector, readVectors, vectorStore } from '../vector/store.js';
import { type RestoreMode, restoreModes, type Vector } from '../vector/vector.js';
import type { Command } from './command.js';
import { select } from './select.js';
import { UsageError } from './usage-error.js';

/** `conformance record` */
export const recordCommand: Command = {
  name: 'record',
  summary: 'Run real QEMU with the vectors and write down what it did.',
  needsCheckout: true,
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
  const { fullVersion, answers } = await askQemu(vectors, version, mode);
  let failures = 0;
  for (const [id, answer] of answers) {
    if ('skipped' in answer) console.log(`${id}: ${version} ${mode}: skipped: ${answer.skipped}`);
    else if ('failure' in answer) {
      console.error(`${id}: ${version} ${mode}: not recorded: ${answer.failure}`);
      failures++;
    } else {
      const vector = readVector(id) as Vector;
      const before = vector.qemu?.[version]?.[mode]?.verdict;
      if (before !== undefined && before !== answer.verdict) {
        console.error(`${id}: ${version} ${mode}: was ${before}, is ${answer.verdict}`);
        failures++;
      }
      vectorStore.write(withRecord(vector, version, mode, fullVersion, answer));
    }
  }
  return failures;
}
