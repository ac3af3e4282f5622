import { type QemuVersion, qemuVersions } from '@mapped-ram/lint';
import { type RepairReport, repairSnapshot, transformFile } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { lastValue } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';
import {
  forceOption,
  formatOption,
  inputAndOutput,
  inputGroup,
  inputOptions,
  openerOption,
  wantsJson,
} from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr repair` */
export const repairCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Makes a good snapshot out of a bad one, where everything that was saved is in it: bitmaps that do not mark ' +
    'pages that were saved, the end of the ram state that a background snapshot lacks, an end marker that was cut off, a damaged vmdescription, a libvirt header ' +
    'that says incomplete, or names the wrong format or version. It says what it mended and what nobody can know, and refuses where ' +
    'the data is gone. IN stays as it is.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'mark-pages',
          help:
            'Mark pages that hold data also where the file does not tell whether they are memory or were left behind by a guest ' +
            'that ran while it was saved.',
        },
        {
          name: 'for-qemu',
          value: 'VERSION',
          help: 'Mend what keeps this release from restoring the file, too: for 11.1, rings of virtio queues that 10.0 wrote and no driver has set up.',
        },
        forceOption,
        formatOption,
      ],
    },
    inputGroup,
  ],
  exitStatus: [
    ['0', 'OUT is there, and was mended'],
    ['1', 'nothing could be mended, or nothing is wrong; there is no OUT'],
    ['2', 'a file or an option could not be used; there is no OUT'],
  ],
  examples: [
    ['mr repair background.mr guest.mr', 'of a background snapshot'],
    ['mr repair --for-qemu 11.1 saved-by-10.0.mr guest.mr', 'to go on with QEMU 11.1'],
    ['mr repair --format json bad.mr guest.mr', 'for programs'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const files = { input, output, json: wantsJson(line) };
    const options = {
      ...inputOptions(line),
      markUnclearPages: line.flags.has('mark-pages'),
      forQemu: qemuOf(line),
    };
    const pair = {
      ...files,
      overwrite: line.flags.has('force'),
      signal: context.signal,
      ...openerOption(line),
    };
    return runTransform(files, context, async (onProgress) => {
      const { report } = await transformFile(pair, (source, target) =>
        repairSnapshot(source, target, { ...options, onProgress }),
      );
      return { json: { ...report }, lines: describe(output, report) };
    });
  },
};

/** @throws UsageError where no such release is known */
function qemuOf(line: CommandLine): QemuVersion | undefined {
  const text = lastValue(line, 'for-qemu');
  const version = qemuVersions.find((known) => known === text);
  if (text !== undefined && version === undefined) {
    throw new UsageError(`--for-qemu: ${text} is none of ${qemuVersions.join(', ')}`);
  }
  return version;
}

function describe(path: string, { repairs, unknowns, warnings }: RepairReport): string[] {
  return [
    `${path}: mended`,
    ...repairs.map(({ kind, message }) => `  ${kind}: ${message}`),
    ...unknowns.map((unknown) => `  not known: ${unknown}`),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ];
}
