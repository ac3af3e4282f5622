import { type Command, ExitStatus, lastValue } from '@mapped-ram/cli/command-framework';
import { packArchive } from '../archive/pack-archive.js';

const ARCHIVE = 'mapped-ram-conformance.tar.gz';

/** `conformance pack` */
export const packCommand: Command = {
  arguments: '[-o FILE]',
  description:
    'Packs the vectors into an archive that needs no Node to use. The same vectors always give the same bytes. In the ' +
    'archive, README.md tells how to use it.',
  optionGroups: [
    {
      title: 'Options',
      options: [
        {
          name: 'output',
          short: 'o',
          value: 'FILE',
          help: `${ARCHIVE} by default; replaced if it is there.`,
        },
      ],
    },
  ],
  exitStatus: [
    ['0', 'the archive is made'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [['conformance pack', 'into the working directory']],

  async run(line) {
    const output = lastValue(line, 'output') ?? ARCHIVE;
    const { vectors, sizeBytes } = await packArchive(output);
    console.log(`${output}: ${vectors} vectors, ${(sizeBytes / 2 ** 20).toFixed(2)} MiB`);
    return ExitStatus.ok;
  },
};
