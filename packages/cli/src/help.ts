import { qemuVersions } from '@mapped-ram/lint/target';
import { allOptions, type OptionSpec, optionGroups } from './options.js';
import { USAGE } from './usage-error.js';
import { wrap } from './wrap.js';

const EXAMPLES: readonly (readonly [command: string, purpose: string])[] = [
  ['mr-lint guest.mr', 'what will QEMU do with it?'],
  ['mr-lint --qemu 10.0 --multifd guest.mr', 'an older QEMU, with multifd'],
  ['mr-lint --deep *.mr', 'read the pages too'],
  ['mr-lint --format json guest.mr', 'for programs'],
  ['mr-lint --explain stale-pages', 'what is behind a rule'],
];

const EXIT_STATUS: readonly (readonly [status: string, meaning: string])[] = [
  ['0', 'no file has an error'],
  ['1', 'a file has an error: QEMU refuses it, crashes, or restores wrong memory'],
  ['2', 'a file or an option could not be used'],
];

/** The text of `--help`, for a terminal of `columns` characters. Ends with a newline. */
export function helpText(columns: number): string {
  const lines = [
    USAGE,
    '',
    ...wrap(
      'Tells what will happen when QEMU restores a mapped-ram snapshot: it restores, QEMU refuses it, QEMU crashes, ' +
        'or it restores other memory than was saved. The destination is taken to fit: the same machine and devices.',
      columns,
    ),
  ];
  const width = Math.max(...allOptions.map((option) => synopsis(option).length));
  for (const { title, options } of optionGroups) {
    const rows = options.map((option) => [synopsis(option), describe(option)] as const);
    lines.push('', `${title}:`, ...table(rows, columns, width));
  }
  lines.push('', 'Exit status:', ...table(EXIT_STATUS, columns));
  lines.push('', 'Examples:', ...table(EXAMPLES, columns));
  return `${lines.join('\n')}\n`;
}

function synopsis({ name, short, value }: OptionSpec): string {
  const letter = short === undefined ? '' : `-${short}, `;
  return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function describe({ help }: OptionSpec): string {
  return help.replace('{versions}', `${qemuVersions.join(', ')}; the newest by default`);
}

/** Two columns, the right one wrapped. */
function table(
  rows: readonly (readonly [string, string])[],
  columns: number,
  width = Math.max(...rows.map(([left]) => left.length)),
): string[] {
  const indent = ' '.repeat(width + 4);
  return rows.flatMap(([left, right]) => wrap(right, columns, `  ${left.padEnd(width)}  `, indent));
}
