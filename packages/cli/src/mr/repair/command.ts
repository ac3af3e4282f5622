import { type RepairReport, repairSnapshot, transformFile } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import {
  forceOption,
  formatOption,
  inputAndOutput,
  inputGroup,
  inputOptions,
  wantsJson,
} from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr repair` */
export const repairCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Makes a good snapshot out of a bad one, where everything that was saved is in it: bitmaps that do not mark ' +
    'pages that were saved, the end of the ram state that a background snapshot lacks, an end marker that was cut off, a damaged vmdescription, a libvirt header ' +
    'that says incomplete or names the wrong format. It says what it mended and what nobody can know, and refuses where ' +
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
    ['mr repair --format json bad.mr guest.mr', 'for programs'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const files = { input, output, json: wantsJson(line) };
    const pair = { ...files, overwrite: line.flags.has('force'), signal: context.signal };
    const options = { ...inputOptions(line), markUnclearPages: line.flags.has('mark-pages') };
    return runTransform(files, context, async (onProgress) => {
      const { report } = await transformFile(pair, (source, target) =>
        repairSnapshot(source, target, { ...options, onProgress }),
      );
      return { json: { ...report }, lines: describe(output, report) };
    });
  },
};

function describe(path: string, { repairs, unknowns }: RepairReport): string[] {
  return [
    `${path}: mended`,
    ...repairs.map(({ kind, message }) => `  ${kind}: ${message}`),
    ...unknowns.map((unknown) => `  not known: ${unknown}`),
  ];
}
