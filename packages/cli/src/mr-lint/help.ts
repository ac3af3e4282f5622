import { qemuVersions } from '@mapped-ram/lint/target';
import { type HelpTable, helpPage } from '../shared/help-page.js';
import { optionGroups, USAGE } from './options.js';

const EXAMPLES: HelpTable = [
  ['mr-lint guest.mr', 'what will QEMU do with it?'],
  ['mr-lint --qemu 10.0 --multifd guest.mr', 'an older QEMU, with multifd'],
  ['mr-lint --deep *.mr', 'read the pages too'],
  ['mr-lint --recursive --format jsonl snapshots/', 'every snapshot below a folder, a line each'],
  ['mr-lint --format json guest.mr', 'for programs'],
  ['mr-lint --explain stale-pages', 'what is behind a rule'],
];

const EXIT_STATUS: HelpTable = [
  ['0', 'no file has an error'],
  ['1', 'a file has an error: QEMU refuses it, crashes, or restores wrong memory'],
  ['2', 'a file or an option could not be used'],
];

/** The text of `--help`, for a terminal of `columns` characters. Ends with a newline. */
export function helpText(columns: number): string {
  const versions = `${qemuVersions.join(', ')}; the newest by default`;
  const groups = optionGroups.map(({ title, options }) => ({
    title,
    options: options.map((option) => ({ ...option, help: option.help.replace('{versions}', versions) })),
  }));
  return helpPage(
    {
      usage: USAGE,
      description:
        'Tells what will happen when QEMU restores a mapped-ram snapshot: it restores, QEMU refuses it, QEMU crashes, ' +
        'or it restores other memory than was saved. The destination is taken to fit: the same machine and devices.',
      optionGroups: groups,
      exitStatus: EXIT_STATUS,
      examples: EXAMPLES,
    },
    columns,
  );
}
