import type { RamBlock } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { chooseBlocks } from './block-choice.js';

const choice = (ids: readonly string[], wishes = {}) => {
  const blocks = ids.map((idstr) => ({ idstr, usedLength: 0x10000 }) as RamBlock);
  const { mapped, mainRam } = chooseBlocks(blocks, 'pc-q35-10.0', wishes);
  return { mapped: mapped.map(({ idstr }) => idstr), mainRam: mainRam?.idstr };
};

it('by default, memory backends are mapped, and main RAM is known by its name', () => {
  expect(choice(['mem1', 'pc.ram', 'pc.bios'])).toEqual({ mapped: ['mem1', 'pc.ram'], mainRam: 'pc.ram' });
});

it('wishes name the blocks, and the main RAM', () => {
  expect(choice(['a', 'b', 'pc.ram'], { blocks: ['a', 'b'], mainRam: 'b' })).toEqual({
    mapped: ['a', 'b'],
    mainRam: 'b',
  });
  expect(choice(['pc.ram'], { mainRam: 'none' }).mainRam).toBeUndefined();
});

it('wishes cannot name a block that is not there, or a device’s', () => {
  expect(() => choice(['pc.ram'], { blocks: ['ram'] })).toThrow(RangeError);
  expect(() => choice(['0000:00:02.0/vga.vram'], { blocks: ['0000:00:02.0/vga.vram'] })).toThrow(RangeError);
  expect(() => choice(['pc.ram', 'pc.bios'], { mainRam: 'pc.bios' })).toThrow(RangeError);
});
