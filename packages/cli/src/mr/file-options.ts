import type { OpenOptions } from '@mapped-ram/reader';
import type { OpenSource } from '@mapped-ram/reader/file';
import type { CommandLine } from '../shared/command-line.js';
import type { HelpTable } from '../shared/help-page.js';
import { sourceOpener } from '../shared/open-source.js';
import type { OptionGroup, OptionSpec } from '../shared/option-spec.js';
import { lastValue, oneOf, toOffset } from '../shared/option-values.js';
import { bitmapOrderOption, bitmapOrders, offsetOption, snapshotOption } from '../shared/reading-options.js';
import { UsageError } from '../shared/usage-error.js';

/** `--force` */
export const forceOption: OptionSpec = { name: 'force', short: 'f', help: 'Replace OUT if it exists.' };

/** `--no-sync`, of commands that make a snapshot's file. */
export const noSyncOption: OptionSpec = {
  name: 'no-sync',
  help:
    'Do not wait until OUT is on disk, as cp does not: it is there and whole for all who read it, but a power cut or a crash of the ' +
    'system soon after may leave it incomplete.',
};

/** What {@link forceOption} and {@link noSyncOption} say of OUT. */
export function outputWish({ flags }: CommandLine): { overwrite: boolean; sync: boolean } {
  return { overwrite: flags.has('force'), sync: !flags.has('no-sync') };
}

/** `--format`, for commands that report in words or as JSON. */
export const formatOption: OptionSpec = {
  name: 'format',
  value: 'FORMAT',
  help: 'How to report: pretty or json; pretty by default.',
};

/** How the input is read. */
export const inputGroup: OptionGroup = {
  title: 'How to read IN',
  options: [snapshotOption, offsetOption, bitmapOrderOption],
};

/** `--drop-unmarked-pages`, of commands that leave out what the bitmaps do not mark. */
export const dropUnmarkedOption: OptionSpec = {
  name: 'drop-unmarked-pages',
  help:
    'Give up pages that hold data and are not marked in the bitmap, though they may be memory that was saved (mr repair ' +
    'marks them). Without, that is refused.',
};

/** What {@link dropUnmarkedOption} says. */
export function dropOption({ flags }: CommandLine): { dropUnmarkedPages: boolean } {
  return { dropUnmarkedPages: flags.has(dropUnmarkedOption.name) };
}

/** What the exit status of a command that makes a file means. */
export const fileExitStatus: HelpTable = [
  ['0', 'OUT is there, and whole'],
  ['1', 'IN does not allow it; there is no OUT'],
  ['2', 'a file or an option could not be used; there is no OUT'],
];

/** Whether `--format json` was given. @throws UsageError on an unknown format */
export function wantsJson(line: CommandLine): boolean {
  return oneOf('format', lastValue(line, 'format') ?? 'pretty', ['pretty', 'json']) === 'json';
}

/** What {@link inputGroup} says. @throws UsageError */
export function inputOptions(line: CommandLine): Pick<OpenOptions, 'streamOffset' | 'wordOrder'> {
  const offset = lastValue(line, 'offset');
  return { ...orderOption(line), ...(offset !== undefined && { streamOffset: toOffset(offset) }) };
}

/** What {@link bitmapOrderOption} says. @throws UsageError */
export function orderOption(line: CommandLine): Pick<OpenOptions, 'wordOrder'> {
  const order = lastValue(line, 'bitmap-order');
  return order === undefined ? {} : { wordOrder: oneOf('bitmap-order', order, bitmapOrders) };
}

/** How files are opened that may lie in a container, by what {@link inputGroup} says. */
export function openerOption(line: CommandLine): { openSource: OpenSource } {
  return { openSource: sourceOpener(lastValue(line, snapshotOption.name)) };
}

/** IN and OUT. @throws UsageError where there are not exactly two */
export function inputAndOutput({ paths }: CommandLine): { input: string; output: string } {
  const [input, output, ...others] = paths;
  if (input === undefined || output === undefined || others.length > 0) {
    throw new UsageError(`IN and OUT are needed, and ${paths.length} files were given`);
  }
  return { input, output };
}
