import { captureInfo, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { isGuestMemory } from './guest-memory.js';

it.each([
  ...[
    'pc.ram',
    '/objects/pc.ram',
    '/objects/mem',
    'ram',
    'ram-node0',
    'mem1',
    '0000:00:01.0/mem1',
    'mach-virt.ram',
  ],
  ...['s390.ram', 'ppc_spapr.ram', 'mps.ssram1', 'sram', 'flash', '0000:00:05.0/vmem.0', 'mcf5208.sdram'],
])('%s is guest memory', (idstr) => {
  expect(isGuestMemory({ idstr })).toBe(true);
});

it.each([
  ...['pc.bios', 'pc.rom', 'isa-bios', 'vga.vram', 'system.flash0', 'virt.flash1', 'riscv_virt_board.mrom'],
  ...[
    '/rom@etc/acpi/tables',
    '0000:00:02.0/vga.vram',
    '0000:00:02.0/qxl.vgavram',
    '0000:00:03.0/virtio-net-pci.rom',
  ],
])('%s is not', (idstr) => {
  expect(isGuestMemory({ idstr })).toBe(false);
});

it('every backend of a capture is guest memory, and no ROM and no display', async () => {
  for (const id of testedCaptures().filter((one) => captureInfo(one).good)) {
    const { streamOffset, machine } = captureInfo(id);
    const { ramBlocks } = await openSnapshot(await loadCapture(id), { streamOffset });
    const guest = ramBlocks.filter(isGuestMemory).map(({ idstr }) => idstr);
    const backends = machine.args.flatMap((arg) => /^memory-backend-.*,id=([^,]+)/.exec(arg)?.[1] ?? []);
    for (const backend of backends)
      expect(
        guest.some((idstr) => idstr.endsWith(backend)),
        id,
      ).toBe(true);
    expect(guest.filter((idstr) => /vram|rom@|bios/.test(idstr))).toEqual([]);
  }
});
