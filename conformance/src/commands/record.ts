import { type Command, ExitStatus, lastValue, UsageError } from '@mapped-ram/cli/command-framework';
import { QEMU_VERSIONS, type QemuVersion } from '@mapped-ram/tool-qemu';
import { askQemu, withRecord } from '../run/ask-qemu.js';
import { readVector, readVectors, vectorStore } from '../vector/store.js';
import { type RestoreMode, restoreModes, type Vector } from '../vector/vector.js';
import { select } from './select.js';

/** `conformance record` */
export const recordCommand: Command = {
  arguments: '[options]',
  description: 'Has real QEMU restore the vectors, plain and with multifd, and writes down what it did.',
  optionGroups: [
    {
      title: 'Options',
      options: [
        { name: 'run', value: 'PATTERN', help: "Only vectors whose id fits, such as 'header/*'." },
        {
          name: 'qemu',
          value: 'VERSIONS',
          help: `Only these of ${QEMU_VERSIONS.join(', ')}, separated by commas; all by default.`,
        },
        { name: 'missing', help: 'Only where nothing is recorded yet.' },
      ],
    },
  ],
  exitStatus: [
    ['0', 'all is recorded, and as it was before'],
    ['1', 'a vector could not be recorded, or QEMU did something else than before'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [['conformance record --missing', 'after new vectors']],

  async run(line) {
    const wantedVersions = lastValue(line, 'qemu')?.split(',') ?? QEMU_VERSIONS;
    const onlyMissing = line.flags.has('missing');
    const vectors = select(readVectors(), lastValue(line, 'run'));
    let failures = 0;
    for (const version of wantedVersions) {
      if (!isQemuVersion(version))
        throw new UsageError(`--qemu takes ${QEMU_VERSIONS.join(', ')}, not ${version}`);
      for (const mode of restoreModes) {
        const wanted = vectors.filter(
          (vector) => !onlyMissing || vector.qemu?.[version]?.[mode] === undefined,
        );
        failures += await recordMode(wanted, version, mode);
      }
    }
    return failures === 0 ? ExitStatus.ok : ExitStatus.errorsFound;
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
