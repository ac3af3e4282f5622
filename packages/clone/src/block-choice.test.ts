import { captureInfo, listCaptures, loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { chooseBlocks } from './block-choice.js';

const block = (idstr: string) => ({ idstr, usedLength: 0x10000 }) as RamBlock;
const blocks = (...ids: string[]) => ids.map(block);

const choice = (ids: readonly string[], machine?: string, wishes = {}) => {
  const { mapped, mainRam } = chooseBlocks(blocks(...ids), machine, wishes);
  return { mapped: mapped.map(({ idstr }) => idstr), mainRam: mainRam?.idstr };
};

describe('the rule', () => {
  it('maps in every capture exactly the memory that was a memory backend', async () => {
    const good = listCaptures().filter((id) => captureInfo(id).good && !id.includes('offset'));
    for (const id of good) {
      const { machine } = captureInfo(id);
      const { ramBlocks, configuration } = await openSnapshot(await loadCapture(id));
      const objects = machine.args.filter((arg) => arg.startsWith('memory-backend-'));
      const backends = objects.map((object) => /,id=([^,]+)/.exec(object)?.[1]);
      const chosen = chooseBlocks(ramBlocks, configuration?.machine).mapped.map(({ idstr }) => idstr);
      // A virtio-mem device's block carries the device's path; QEMU gives and takes its memory piecemeal.
      const expected = ramBlocks
        .map(({ idstr }) => idstr)
        .filter((idstr) => backends.includes(idstr.replace('/objects/', '')));
      // An AVR board's memory is no backend.
      expect(chosen, id).toEqual(id.endsWith('/avr') ? [] : expected);
    }
  });

  it('takes the block with the name of main RAM for the machine, and DIMMs beside it', () => {
    expect(choice(['mem1', 'pc.ram', 'pc.bios', '/rom@etc/acpi/tables'], 'pc-q35-10.0')).toEqual({
      mapped: ['mem1', 'pc.ram'],
      mainRam: 'pc.ram',
    });
  });

  it('takes the only memory backend for main RAM, whatever its name, unless it is a NUMA node', () => {
    expect(choice(['my-memory', 'pc.rom'], 'pc-q35-10.0').mainRam).toBe('my-memory');
    expect(choice(['ram-node0'], 'pc-q35-10.0').mainRam).toBeUndefined();
    expect(choice(['one', 'two'], 'pc-q35-10.0').mainRam).toBeUndefined();
  });

  it('maps of a machine that it does not know no more than its main RAM', () => {
    expect(choice(['mps.ram', 'mps.ssram1', 'what'], 'mps2-an385')).toEqual({
      mapped: ['mps.ram'],
      mainRam: 'mps.ram',
    });
    expect(choice(['flash', 'sram'], 'arduino-uno')).toEqual({ mapped: [], mainRam: undefined });
  });
});

describe('wishes', () => {
  it('name the blocks, and the main RAM', () => {
    expect(choice(['a', 'b', 'pc.ram'], 'pc-q35-10.0', { blocks: ['a', 'b'], mainRam: 'b' })).toEqual({
      mapped: ['a', 'b'],
      mainRam: 'b',
    });
    expect(choice(['pc.ram'], 'pc-q35-10.0', { mainRam: 'none' }).mainRam).toBeUndefined();
  });

  it('cannot name a block that is not there, or a device’s', () => {
    expect(() => choice(['pc.ram'], 'pc-q35-10.0', { blocks: ['ram'] })).toThrow(RangeError);
    expect(() => choice(['0000:00:02.0/vga.vram'], 'q35', { blocks: ['0000:00:02.0/vga.vram'] })).toThrow(
      RangeError,
    );
    expect(() => choice(['pc.ram', 'pc.bios'], 'q35', { mainRam: 'pc.bios' })).toThrow(RangeError);
  });
});
