import { applyFiles, digestText } from '@mapped-ram/pack/file';
import { allocatedBytes } from '@mapped-ram/reader/file';
import type { Command } from '../../shared/command.js';
import { formatBytes } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { fileExitStatus, forceOption, formatOption, wantsJson } from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr apply` */
export const applyCommand: Command = {
  arguments: '[options] BASE DELTA... OUT',
  description:
    'Makes the file that mr delta made a difference of, out of its base: bit for bit, with holes, as QEMU restores it. Of several ' +
    'differences, each goes on where the one before ended. OUT is held against its digest before it takes its name.',
  optionGroups: [{ title: 'What to make', options: [forceOption, formatOption] }],
  exitStatus: fileExitStatus,
  examples: [
    ['mr apply monday.mr tuesday.delta tuesday.mr', 'one difference'],
    ['mr apply monday.mr.zst tuesday.delta wednesday.delta wednesday.mr', 'a chain, from a packed base'],
  ],
  run(line, context) {
    const [base, ...rest] = line.paths;
    const output = rest.pop();
    if (base === undefined || output === undefined || rest.length === 0) {
      throw new UsageError(`BASE, a DELTA and OUT are needed, and ${line.paths.length} files were given`);
    }
    const { signal } = context;
    const overwrite = line.flags.has('force');
    return runTransform({ input: base, output, json: wantsJson(line) }, context, async (onProgress) => {
      const next = await applyFiles({ base, deltas: rest, output }, { overwrite, signal, onProgress });
      const outputAllocatedBytes = await allocatedBytes(output);
      const { sizeBytes } = next;
      const digest = digestText(next.digest);
      return {
        json: { deltas: rest, sizeBytes, outputAllocatedBytes, digest },
        lines: [
          `${output}: ${formatBytes(sizeBytes)} long, ${formatBytes(outputAllocatedBytes)} on disk, ${digest}`,
        ],
      };
    });
  },
};
