import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { gatherContext } from '../gather.js';
import { mainRam } from './guest-ram.js';

describe('mainRam', () => {
  it.each([
    ['qemu-10.0/none', 'ram'],
    ['qemu-10.0/pc', 'pc.ram'],
    ['qemu-10.0/isapc', 'pc.ram'],
    ['qemu-10.0/numa', 'ram-node0'],
    ['qemu-10.0/aarch64-virt', 'mach-virt.ram'],
    ['qemu-10.0/s390x', 's390.ram'],
    ['qemu-10.0/ppc64-pseries', 'ppc_spapr.ram'],
  ])('of %s is %s, also where a device has more memory', async (capture, idstr) => {
    const source = await loadCapture(capture);
    const snapshot = await openSnapshot(source, { tolerant: true });
    const context = await gatherContext(snapshot, source, { qemu: '11.1', multifd: false }, {});
    expect(mainRam(context)?.block.idstr).toBe(idstr);
  });
});
