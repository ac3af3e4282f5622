import {
  isf,
  type LinuxGuest,
  openLinuxGuest,
  readBanner,
  readSymbols,
  readTypes,
  systemMap,
} from '@mapped-ram/guest';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue, oneOf } from '../../shared/option-values.js';
import { printable } from '../../shared/printable.js';
import { formatNumber } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { forceOption } from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { writeText } from './write-text.js';

const FORMATS = ['system-map', 'isf'] as const;

/** `mr symbols` */
export const symbolsCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Writes the symbols of a Linux guest’s kernel, which it has in itself (kallsyms): as a System.map, or, with its types (BTF), as the file ' +
    'that volatility3 takes. Linux 5.10 and later, on x86-64 and arm64; no debug package is needed. Symbols of modules are not among them.',
  optionGroups: [
    {
      title: 'What to write',
      options: [
        {
          name: 'format',
          value: 'FORMAT',
          help: 'system-map, or isf, which volatility3 takes; system-map by default.',
        },
        {
          name: 'linked',
          help:
            'With a System.map: addresses as the kernel was linked for, as in the System.map of its package. Without, those that it has in ' +
            'this guest, where KASLR has moved it. An ISF file has the former.',
        },
        { name: 'output', short: 'o', value: 'OUT', help: 'The file to make; standard output by default.' },
        forceOption,
      ],
    },
    { title: 'How to find the kernel', options: [vmcoreinfoOption] },
    readingGroup,
  ],
  exitStatus: [
    ['0', 'the symbols were written'],
    ['2', 'a file or an option could not be used, or the guest is not understood; there is no OUT'],
  ],
  examples: [
    ['mr symbols guest.mr -o System.map', 'addresses as they are in this guest'],
    ['mr symbols --format isf guest.mr -o linux.json', 'for volatility3, in its folder symbols/linux'],
  ],
  async run(line, { terminal, signal, program }) {
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0) {
      throw new UsageError(`one file is needed, and ${line.paths.length} were given`);
    }
    const format = oneOf('format', lastValue(line, 'format') ?? 'system-map', FORMATS);
    const isLinked = line.flags.has('linked');
    if (isLinked && format === 'isf') throw new UsageError('--linked is about a System.map');
    const output = lastValue(line, 'output');
    const find = await guestOptions(line);
    return withSnapshotFile(path, { ...readingOptions(line), signal }, async ({ snapshot }) => {
      const guest = await aboutFile(path, openLinuxGuest(snapshot, find));
      const { count, pieces } = await aboutFile(path, symbolText(guest, format, isLinked));
      await writeText(pieces, output, { terminal, overwrite: line.flags.has('force') });
      if (output !== undefined) {
        terminal.stderr.write(
          `${program}: ${printable(`${output}: ${formatNumber(count)} symbols of Linux ${guest.release}`)}\n`,
        );
      }
      if (format === 'isf' && guest.architecture === 'x86-64' && guest.pagingLevels === 5) {
        terminal.stderr.write(
          `${program}: ${printable(path)}: the guest has page tables of five levels, with which volatility3 shows nothing, without an error\n`,
        );
      }
      return ExitStatus.ok;
    });
  },
};

async function symbolText(
  guest: LinuxGuest,
  format: (typeof FORMATS)[number],
  isLinked: boolean,
): Promise<{ count: number; pieces: Iterable<string> }> {
  const symbols = await readSymbols(guest);
  const kernelOffset = guest.info.kernelOffset ?? 0n;
  if (format === 'system-map') {
    return { count: symbols.count, pieces: systemMap(symbols, isLinked ? kernelOffset : 0n) };
  }
  const types = await readTypes(guest, symbols);
  const banner = await readBanner(guest, symbols);
  return { count: symbols.count, pieces: isf({ symbols, types, kernelOffset, banner }) };
}
