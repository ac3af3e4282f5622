import type { Random } from '../random.js';
import type { Base } from './bases.js';

/** What a run makes when it succeeds. */
export type Makes = 'nothing' | 'snapshot' | 'stream' | 'in-place' | 'file' | 'folder' | 'seal';

/** One run of a command. */
export interface CommandCase {
  readonly program: 'mr' | 'mr-lint';
  readonly argv: readonly string[];
  readonly makes: Makes;
  /** What has to be said of the snapshot that was made, to read it. */
  readonly readingOptions: { readonly streamOffset?: number; readonly wordOrder?: 'le' | 'be' };
}

/** Names in the folder of a run. */
export interface CaseFiles {
  readonly input: string;
  /** A good file of the same base. */
  readonly other: string;
  readonly output: string;
}

interface Choice {
  readonly argv: readonly string[];
  readonly makes: Makes;
  /** Where the stream starts in what is made, if not where it was. */
  readonly toOffset?: number;
  readonly program?: 'mr-lint';
}

/** Every command with the ways to call it; `options` say how the base is read. */
function choices({ input, other, output }: CaseFiles, base: Base, options: readonly string[]): Choice[] {
  const block = base.snapshot.ramBlocks[0]?.idstr ?? 'pc.ram';
  const order = options.includes('--bitmap-order') ? ['--bitmap-order', 'be'] : [];
  const from = options.includes('--offset')
    ? ['--from', options[options.indexOf('--offset') + 1] ?? '0']
    : [];
  const read = (...argv: string[]): Choice => ({ argv: [...argv, ...options], makes: 'nothing' });
  const make = (makes: Makes, ...argv: string[]): Choice => ({ argv: [...argv, ...options], makes });
  const lint = (...argv: string[]): Choice => ({ ...read(...argv, input), program: 'mr-lint' });
  return [
    lint(),
    lint('--deep'),
    lint('--format', 'json', '--deep', '--multifd'),
    lint('--format', 'sarif', '--qemu', '10.0'),
    lint('--format', 'github'),
    read('info', input),
    read('info', '--deep', '--format', 'json', input),
    read('info', '--fingerprint', input, other),
    read('devices', input),
    read('devices', '--registers', input),
    read('devices', '--format', 'json', '--full', input),
    make('file', 'devices', input, 'cpu', '--dump', output),
    read('map', input),
    read('map', '--ascii', input),
    make('file', 'map', input, '-o', `${output}.svg`),
    make('file', 'map', input, '-o', `${output}.png`),
    read('diff', input, other),
    read('diff', '--all', '--format', 'json', other, input),
    read('extract', '--show-map', input),
    make('file', 'extract', '--block', block, input, '-o', output),
    make('file', 'extract', '--range', '0x0:1M', input, '-o', output),
    make('file', 'extract', '--elf', input, '-o', output),
    make('file', 'extract', '--elf', '--paging', input, '-o', output),
    make('file', 'extract', '--kdump', '--compression', 'none', input, '-o', output),
    read('search', '--limit', '5', input, 'Linux'),
    read('search', '-E', input, 'BIOS.{1,20}'),
    read('dmesg', input),
    read('ps', input),
    make('file', 'symbols', input, '-o', output),
    make('in-place', 'trim', input),
    make('snapshot', 'trim', input, output),
    make('folder', 'clone', input, '-o', output),
    make('snapshot', 'copy', input, output),
    make('snapshot', 'copy', '--channels', '2', '--format', 'json', input, output),
    make('in-place', 'scrub', input),
    make('snapshot', 'scrub', input, output),
    { argv: ['relocate', '--offset', '0', ...from, ...order, input, output], makes: 'snapshot', toOffset: 0 },
    {
      argv: ['relocate', '--offset', '64k', ...from, ...order, input, output],
      makes: 'snapshot',
      toOffset: 65_536,
    },
    make('stream', 'convert', '--to', 'stream', input, output),
    { ...make('snapshot', 'convert', '--to', 'mapped-ram', input, output), toOffset: -1 },
    { ...make('snapshot', 'repair', input, output), toOffset: -1 },
    { ...make('snapshot', 'repair', '--format', 'json', input, output), toOffset: -1 },
    { argv: ['pack', input, output], makes: 'file' },
    { argv: ['unpack', input, output], makes: 'file' },
    { argv: ['seal', '-o', output, input], makes: 'seal' },
    { argv: ['verify', input], makes: 'nothing' },
    { argv: ['verify', '--seal', input, other], makes: 'nothing' },
    { argv: ['delta', other, input, output], makes: 'file' },
    { argv: ['apply', other, input, output], makes: 'file' },
    make('folder', 'clone', '--sealed', input, '-o', output),
    read('preflight', 'restore', input),
    read('preflight', 'save', output),
    { argv: ['restore', '--qmp', `${input}.sock`, input], makes: 'nothing' },
    { argv: ['save', '--qmp', `${input}.sock`, output], makes: 'nothing' },
  ];
}

/** How often each command comes: those that write snapshots, which people keep, oftener. */
const WEIGHTS: Readonly<Partial<Record<Makes, number>>> = {
  snapshot: 3,
  stream: 4,
  'in-place': 4,
  folder: 3,
};

/** Chooses a command for a mutant. */
export function chooseCommand(files: CaseFiles, base: Base, random: Random): CommandCase {
  const all = choices(files, base, base.options);
  const weighted = all.flatMap((choice) => Array.from({ length: WEIGHTS[choice.makes] ?? 1 }, () => choice));
  const { argv, makes, toOffset, program = 'mr' } = random.pick(weighted);
  const offset = base.options.includes('--offset')
    ? Number(base.options[base.options.indexOf('--offset') + 1])
    : undefined;
  // A front that is kept stays where it was; -1 stands for that too.
  const streamOffset = toOffset === undefined || toOffset < 0 ? offset : toOffset;
  return {
    program,
    argv,
    makes,
    readingOptions: {
      ...(streamOffset !== undefined && { streamOffset }),
      ...(base.options.includes('be') && { wordOrder: 'be' as const }),
    },
  };
}
