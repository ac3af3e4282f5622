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
