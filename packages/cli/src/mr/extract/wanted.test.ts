import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../shared/command-line.js';
import { extractCommand } from './command.js';
import { wantedOf } from './wanted.js';

const options = extractCommand.optionGroups.flatMap((group) => group.options);
const rangeOf = (text: string) => wantedOf(readCommandLine(['--range', text, 'guest.mr'], options));

describe('--range', () => {
  it.each([
    ['0x100000:4k', 0x100000n, 4096],
    ['0x100000-0x100fff', 0x100000n, 4096],
    ['0-0', 0n, 1],
    ['0xffffffffffffff00-0xffffffffffffffff', 0xffff_ffff_ffff_ff00n, 256],
  ])('%s ends with the last address', (text, address, lengthBytes) => {
    expect(rangeOf(text)).toEqual({ kind: 'range', range: { address, lengthBytes } });
  });

  it.each(['0x1000-0xfff', '0x1000:0', '0x1000', '-0x1000', '0x1000-'])('%s is none', (text) => {
    expect(() => rangeOf(text)).toThrow(/--range/);
  });
});

describe('--kdump', () => {
  const wantedBy = (...args: string[]) => wantedOf(readCommandLine([...args, 'guest.mr'], options));

  it('is compressed with zlib and has all pages, if nothing else is said', () => {
    expect(wantedBy('--kdump')).toEqual({ kind: 'kdump', compression: 'zlib', leaveOutFree: false });
    const small = wantedBy('--kdump', '--compression', 'zstd', '--free-pages', 'leave-out');
    expect(small).toEqual({ kind: 'kdump', compression: 'zstd', leaveOutFree: true });
  });

  it.each([
    [['--kdump', '--compression', 'lzo'], /--compression/],
    [['--kdump', '--free-pages', 'drop'], /--free-pages/],
    [['--elf', '--compression', 'zlib'], /--compression needs --kdump/],
    [['--elf', '--free-pages', 'keep'], /--free-pages needs --kdump/],
    [['--elf', '--kdump'], /exactly one of/],
  ])('%j does not go', (args, message) => {
    expect(() => wantedBy(...args)).toThrow(message);
  });
});
