import { parseArgs } from 'node:util';
import { packArchive } from '../archive/pack-archive.js';

import type { Command } from './command.js';

/** `conformance pack` */
export const packCommand: Command = {
  name: 'pack',
  summary: 'Pack the vectors into an archive that needs no Node to use.',
  needsCheckout: true,
  help: `conformance pack [-o FILE]

  -o, --output FILE   mapped-ram-conformance.tar.gz by default; replaced if it is there

The same vectors always give the same bytes. In the archive, README.md tells how to use it.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { output: { type: 'string', short: 'o', default: 'mapped-ram-conformance.tar.gz' } },
    });
    const { vectors, sizeBytes } = await packArchive(values.output);
    console.log(`${values.output}: ${vectors} vectors, ${(sizeBytes / 2 ** 20).toFixed(2)} MiB`);
    return 0;
  },
};
