import { availableParallelism } from 'node:os';
import type { CommandLine } from '../command-line.js';
import { lastValue } from '../option-values.js';
import { UsageError } from '../usage-error.js';

const MAX_JOBS = 256;

/** Starting threads takes about as long as so many small files without them. */
const MANY_FILES = 8;

/**
 * How many files are worked on at a time: what `--jobs` says, or else the number of processors where there are many files.
 *
 * @returns 1 where one after another is quicker, or threads are to read the pages of one file.
 * @throws UsageError
 */
export function jobsOf(line: CommandLine): number {
  const { flags, values, paths } = line;
  const value = lastValue(line, 'jobs');
  const given = value === undefined ? undefined : /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (given !== undefined && (given < 1 || given > MAX_JOBS)) {
    throw new UsageError(`--jobs cannot be ${JSON.stringify(value)}: give a number from 1 to ${MAX_JOBS}`);
  }
  if (values.has('channels') || flags.has('direct-io')) {
    if (given !== undefined && given > 1)
      throw new UsageError('--channels and --direct-io are for one file at a time');
    return 1;
  }
  const areMany = flags.has('recursive') || paths.length >= MANY_FILES;
  return given ?? (areMany ? availableParallelism() : 1);
}
