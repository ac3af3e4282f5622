import { loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { openSnapshot } from '@mapped-ram/reader';
import { expect, it, vi } from 'vitest';
import { findMaxRamBelow4g } from './derive-map.js';

it('is none where all of the RAM is below 4 GiB, or the machine is no PC', async () => {
  for (const name of [
    'qemu-10.0/pc',
    'qemu-10.0/q35',
    'qemu-10.0/microvm',
    'qemu-11.1/aarch64-virt',
    'qemu-10.0/none',
  ]) {
    expect(await findMaxRamBelow4g(await openSnapshot(await loadCapture(name)))).toBeUndefined();
  }
});

it('is not known where the state of the clock is damaged', async () => {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/pc'));
  const decode = vi.spyOn(snapshot, 'decodeDeviceState');
  decode.mockRejectedValue(new MappedRamError('unsupported', { what: 'the state is damaged' }));
  expect(await findMaxRamBelow4g(snapshot)).toBeUndefined();
  expect(decode).toHaveBeenCalled();
});
