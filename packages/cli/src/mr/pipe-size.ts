import { MappedRamError } from '@mapped-ram/format';
import { allocatedBytes } from '@mapped-ram/reader/file';
import type { CommandContext } from '../shared/command.js';
import type { CommandLine } from '../shared/command-line.js';
import type { OptionSpec } from '../shared/option-spec.js';
import { printable } from '../shared/printable.js';
import { formatBytes } from '../shared/quantities.js';

const MIB = 1024 * 1024;

/** From where on it is said what goes into a pipe: so many times what IN takes on disk, and so many bytes besides. */
const TOLD_FACTOR = 4;
/** From where on `--large` is needed. A large guest that has used little of its memory comes near it. */
const REFUSED_FACTOR = 256;
const BESIDES_BYTES = 64 * MIB;

/** `--large`, of commands that write into a pipe */
export const largePipeOption: OptionSpec = {
  name: 'large',
  help:
    `Into a pipe, where holes become zeros: write also more than ${REFUSED_FACTOR} times the room that IN takes on disk and ` +
    `${formatBytes(BESIDES_BYTES)}.`,
};

/**
 * Holds the size of what goes into a pipe, which has no holes, against what it is made of: a small file can name any size. Where it is much
 * larger, that is said on standard error before the first byte.
 *
 * @param input What it is made of.
 * @throws MappedRamError `limit-exceeded` where it is larger than anything needs, without `--large`
 */
export async function checkPipeSize(
  input: string,
  sizeBytes: number,
  line: CommandLine,
  { program, terminal }: CommandContext,
): Promise<void> {
  const onDisk = await allocatedBytes(input).catch(() => undefined);
  // What comes from a server is not on a disk of ours.
  if (onDisk === undefined || sizeBytes <= TOLD_FACTOR * onDisk + BESIDES_BYTES) return;
  const words = `${formatBytes(sizeBytes)} go into standard output, out of ${formatBytes(onDisk)} on disk`;
  const most = REFUSED_FACTOR * onDisk + BESIDES_BYTES;
  if (sizeBytes > most && !line.flags.has(largePipeOption.name)) {
    throw new MappedRamError('limit-exceeded', {
      what: `${sizeBytes} bytes would go into standard output; --large writes them all the same`,
      expected: `at most ${most} bytes for a file of ${onDisk} bytes on disk`,
      actual: sizeBytes,
    });
  }
  terminal.stderr.write(`${program}: ${printable(`${input}: ${words}`)}\n`);
}
