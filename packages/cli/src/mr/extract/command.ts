import {
  type ElfOptions,
  extractBlock,
  extractElf,
  extractKdump,
  extractRange,
  type OutputReport,
  readPhysicalMap,
} from '@mapped-ram/extract';
import type { Command } from '../../shared/command.js';
import { lastValue } from '../../shared/option-values.js';
import { formatBytes, formatCount, formatNumber } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { channelGroup, channelOptions } from '../channel-options.js';
import {
  dropOption,
  dropUnmarkedOption,
  forceOption,
  formatOption,
  inputGroup,
  inputOptions,
  openerOption,
  wantsJson,
} from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { readingOpener } from '../reading-opener.js';
import { runTransform, type TransformResult } from '../run-transform.js';
import { mapJson, mapTable } from './map-table.js';
import { givenMap, type Wanted, wantedOf } from './wanted.js';

/** `mr extract` */
export const extractCommand: Command = {
  arguments: '[options] (--block ID | --range START:LENGTH | --elf | --kdump | --show-map) FILE [-o OUT]',
  description:
    'Takes the memory out of a snapshot: a block, a range of guest-physical addresses, or all of it as an ELF core with the ' +
    'registers of the processors, which gdb, crash, drgn and volatility open, or as a kdump file, which is smaller, and which crash and drgn open. Pages that are zero are holes in OUT, which appears ' +
    'when it is whole and on disk.',
  optionGroups: [
    {
      title: 'What to take',
      options: [
        { name: 'block', value: 'ID', help: 'This block, raw. mr info lists them.' },
        {
          name: 'range',
          value: 'START:LENGTH',
          help:
            'These guest-physical addresses, raw; or START-END, whose END is the last address, as in /proc/iomem. Where there is no memory ' +
            'there are holes.',
        },
        {
          name: 'virtual',
          help: 'With --range: the addresses are virtual ones, of a Linux guest’s kernel, or as the processor of --cpu sees them.',
        },
        {
          name: 'cpu',
          value: 'N',
          help: 'With --virtual and --paging: the processor whose page tables count, from 0 (x86-64).',
        },
        { name: 'elf', help: 'An ELF core, as dump-guest-memory of QEMU makes it.' },
        {
          name: 'paging',
          help:
            'With --elf: its segments by virtual address, as gdb and drgn want them, out of the page tables of a processor. Without it, by ' +
            'guest-physical address, as crash and volatility want them.',
        },
        {
          name: 'kdump',
          help: 'A file in the kdump-compressed format, as makedumpfile and dump-guest-memory of QEMU make it: for crash and drgn.',
        },
        {
          name: 'compression',
          value: 'KIND',
          help: 'With --kdump: zlib, zstd or none; zlib by default. zstd is quicker, and needs crash 8.0 or drgn with libkdumpfile 0.5.',
        },
        {
          name: 'free-pages',
          value: 'WHAT',
          help: 'With --kdump: keep, or leave-out what a Linux guest does not use; keep by default.',
        },
        vmcoreinfoOption,
        { name: 'show-map', help: 'Nothing; show which guest-physical addresses are which block.' },
        {
          name: 'map',
          value: 'ADDR=ID[+OFFSET][:LENGTH]',
          repeatable: true,
          help: 'Where a block is in guest-physical memory, in place of what the machine type tells. May be repeated; the last one is on top.',
        },
      ],
    },
    {
      title: 'What to make',
      options: [
        { name: 'output', short: 'o', value: 'OUT', help: 'The file to make.' },
        dropUnmarkedOption,
        forceOption,
        formatOption,
      ],
    },
    { ...inputGroup, title: 'How to read FILE' },
    channelGroup,
  ],
  exitStatus: [
    ['0', 'OUT is there, and whole; or the map was shown'],
    ['1', 'FILE does not allow it; there is no OUT'],
    ['2', 'a file or an option could not be used; there is no OUT'],
  ],
  examples: [
    ['mr extract --block pc.ram guest.mr -o ram.raw', 'the main memory of a PC'],
    ['mr extract --range 0x100000:16M guest.mr -o kernel.raw', 'where Linux unpacks its kernel'],
    ['mr extract --range 0xffffffff81000000:4K --virtual guest.mr -o text', 'of the kernel’s own addresses'],
    ['mr extract --elf guest.mr -o guest.core', 'for crash or volatility'],
    ['mr extract --kdump --free-pages leave-out guest.mr -o guest.kdump', 'small, for crash or drgn'],
    ['mr extract --elf --paging guest.mr -o guest.core && gdb vmlinux guest.core', 'for gdb or drgn'],
  ],
  async run(line, context) {
    const [input, ...others] = line.paths;
    if (input === undefined || others.length > 0) {
      throw new UsageError(`FILE is needed, and ${line.paths.length} files were given`);
    }
    const wanted = wantedOf(line);
    const map = givenMap(line);
    const output = lastValue(line, 'output');
    if ((output === undefined) !== (wanted.kind === 'map')) {
      throw new UsageError(wanted.kind === 'map' ? '--show-map makes no file' : '-o OUT is needed');
    }
    const json = wantsJson(line);
    const { given: vmcoreinfo } = await guestOptions(line);
    const options = {
      ...inputOptions(line),
      ...dropOption(line),
      vmcoreinfo,
      overwrite: line.flags.has('force'),
      signal: context.signal,
      openSource: readingOpener(openerOption(line).openSource, {
        streamOffset: inputOptions(line).streamOffset,
        signal: context.signal,
      }),
      map,
    };
    const channels = wanted.kind === 'map' ? undefined : channelOptions(line, input, context);
    return runTransform({ input, output: output ?? '', json }, context, (onProgress) =>
      extract(input, output ?? '', wanted, { ...options, channels, onProgress }),
    );
  },
};

async function extract(
  input: string,
  output: string,
  wanted: Wanted,
  options: ElfOptions,
): Promise<TransformResult> {
  try {
    return await take(input, output, wanted, options);
  } catch (error) {
    // A block or range that the snapshot does not have.
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

async function take(
  input: string,
  output: string,
  wanted: Wanted,
  options: ElfOptions,
): Promise<TransformResult> {
  switch (wanted.kind) {
    case 'map': {
      const map = await readPhysicalMap(input, options);
      return { json: mapJson(map), lines: mapTable(map) };
    }
    case 'block': {
      const report = await extractBlock(input, wanted.idstr, output, options);
      return { json: { ...report }, lines: [lineOf(output, report)] };
    }
    case 'range': {
      const { ranges, assumptions, ...report } = await extractRange(input, wanted.range, output, {
        ...options,
        virtual: wanted.virtual,
      });
      const map = { ranges, assumptions };
      return { json: { ...report, ...mapJson(map) }, lines: [lineOf(output, report), ...mapTable(map)] };
    }
    case 'kdump': {
      const { compression, leaveOutFree } = wanted;
      const kdump = { ...options, compression, leaveOutFree };
      const { ranges, assumptions, ...report } = await extractKdump(input, output, kdump);
      const { processors, vmcoreinfoFrom, pages, zeroPages, leftOutPages, sizeBytes } = report;
      const map = { ranges, assumptions };
      const contents = [
        `${output}: ${formatBytes(sizeBytes)} long`,
        `${formatCount(pages, 'page')}, ${formatNumber(zeroPages)} of them zero`,
        ...(leaveOutFree ? [`${formatNumber(leftOutPages)} free ones left out`] : []),
        `registers of ${formatCount(processors, 'processor')}`,
        vmcoreinfoTexts[vmcoreinfoFrom ?? 'none'],
      ].join(', ');
      return { json: { ...report, ...mapJson(map) }, lines: [contents, ...mapTable(map)] };
    }
    case 'elf': {
      const elf = { ...options, paging: wanted.paging, cpu: wanted.cpu };
      const { ranges, assumptions, ...report } = await extractElf(input, output, elf);
      const { processors, segments, vmcoreinfoFrom, pagingCpu, fiveLevels } = report;
      const map = { ranges, assumptions };
      const contents = [
        `registers of ${formatCount(processors, 'processor')}`,
        formatCount(segments, 'segment') +
          (pagingCpu === null ? '' : ` by the page tables of processor ${pagingCpu}`),
        vmcoreinfoTexts[vmcoreinfoFrom ?? 'none'],
      ].join(', ');
      return {
        json: { ...report, ...mapJson(map) },
        lines: [lineOf(output, report), contents, ...(fiveLevels ? [FIVE_LEVELS] : []), ...mapTable(map)],
      };
    }
  }
}

const FIVE_LEVELS =
  'note: the guest has page tables of five levels, with which volatility3 shows nothing, without an error; crash and drgn read it';

const vmcoreinfoTexts = {
  device: 'VMCOREINFO',
  memory: 'VMCOREINFO found in guest memory',
  given: 'VMCOREINFO as given',
  none: 'no VMCOREINFO',
} as const;

function lineOf(output: string, { sizeBytes, copiedBytes }: OutputReport): string {
  return `${output}: ${formatBytes(sizeBytes)} long, ${formatBytes(copiedBytes)} of memory, the rest zero`;
}
