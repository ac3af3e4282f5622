import { type DeltaReport, deltaFile, digestText, type KnownFile } from '@mapped-ram/pack/file';
import type { Command } from '../../shared/command.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { fileExitStatus, forceOption, formatOption, wantsJson } from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr delta` */
export const deltaCommand: Command = {
  arguments: '[options] BASE NEXT OUT',
  description:
    'Writes what is in NEXT and not in BASE, by the page: a family of clones, or the checkpoints of a guest, keep one base and small ' +
    'differences. mr apply gives NEXT back. BASE and NEXT can be packed. OUT holds the digests of both: it fits no other base.',
  optionGroups: [{ title: 'What to make', options: [forceOption, formatOption] }],
  exitStatus: fileExitStatus,
  examples: [
    ['mr delta monday.mr tuesday.mr tuesday.delta', 'what changed'],
    ['mr apply monday.mr tuesday.delta tuesday.mr', 'tuesday again'],
  ],
  run(line, context) {
    const [base, next, output, ...others] = line.paths;
    if (base === undefined || next === undefined || output === undefined || others.length > 0) {
      throw new UsageError(`BASE, NEXT and OUT are needed, and ${line.paths.length} files were given`);
    }
    const { signal } = context;
    const overwrite = line.flags.has('force');
    return runTransform({ input: next, output, json: wantsJson(line) }, context, async (onProgress) => {
      const report = await deltaFile({ base, next, output }, { overwrite, signal, onProgress });
      return { json: toJson(base, report), lines: [lineOf(output, report)] };
    });
  },
};

function lineOf(output: string, report: DeltaReport): string {
  const { packedBytes, storedBlocks, sameBlocks, movedBlocks } = report;
  return (
    `${output}: ${formatBytes(packedBytes)}; ${formatCount(storedBlocks, 'block')} of 4 KiB are new, ` +
    `${formatCount(sameBlocks, 'block')} where they were, ${formatCount(movedBlocks, 'block')} elsewhere in the base`
  );
}

function toJson(base: string, { base: before, next, ...counts }: DeltaReport) {
  const known = ({ sizeBytes, digest }: KnownFile) => ({ sizeBytes, digest: digestText(digest) });
  return { base: { path: base, ...known(before) }, next: known(next), ...counts };
}
