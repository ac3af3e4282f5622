import { captureInfo, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { openSnapshot, type RamBlock } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { findMainRam, findMemoryBackends } from './memory-backends.js';

const blocks = (...ids: string[]) => ids.map((idstr) => ({ idstr, usedLength: 0x10000 }) as RamBlock);

const found = (ids: readonly string[], machine?: string) => {
  const backends = findMemoryBackends(blocks(...ids), machine);
  return { backends: backends.map(({ idstr }) => idstr), main: findMainRam(backends)?.idstr };
};

it('in every capture, exactly the memory that was a memory backend is found', async () => {
  const good = testedCaptures().filter((id) => captureInfo(id).good && !id.includes('offset'));
  for (const id of good) {
    const objects = captureInfo(id).machine.args.filter((arg) => arg.startsWith('memory-backend-'));
    const ids = objects.map((object) => /,id=([^,]+)/.exec(object)?.[1]);
    const { ramBlocks, configuration } = await openSnapshot(await loadCapture(id));
    // A virtio-mem device's block carries the device's path: QEMU gives and takes its memory piecemeal.
    const expected = ramBlocks.filter(({ idstr }) => ids.includes(idstr.replace('/objects/', '')));
    // An AVR board's memory is no backend, though its arguments name one.
    expect(findMemoryBackends(ramBlocks, configuration?.machine), id).toEqual(
      id.endsWith('/avr') ? [] : expected,
    );
  }
});

it('main RAM has the name of main RAM, and DIMMs are separate blocks', () => {
  expect(found(['mem1', 'pc.ram', 'pc.bios', '/rom@etc/acpi/tables'], 'pc-q35-10.0')).toEqual({
    backends: ['mem1', 'pc.ram'],
    main: 'pc.ram',
  });
});

it('the only memory backend is main RAM, whatever its name, unless it is a NUMA node', () => {
  expect(found(['my-memory', 'pc.rom'], 'pc-q35-10.0').main).toBe('my-memory');
  expect(found(['ram-node0'], 'pc-q35-10.0').main).toBeUndefined();
  expect(found(['one', 'two'], 'pc-q35-10.0').main).toBeUndefined();
});

it('of a machine that is not known, no more than main RAM is found', () => {
  expect(found(['mps.ram', 'mps.ssram1', 'what'], 'mps2-an385')).toEqual({
    backends: ['mps.ram'],
    main: 'mps.ram',
  });
  expect(found(['flash', 'sram'], 'arduino-uno')).toEqual({ backends: [], main: undefined });
});
