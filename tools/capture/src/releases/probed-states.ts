import { open } from 'node:fs/promises';
import type { OpeningSection } from '@mapped-ram/reader';
import { launchQemu, type QemuTarget, restoreMappedRam } from '@mapped-ram/tool-qemu';
import type { StateFacts } from './dumped-states.js';
import type { Emulator } from './run-qemu.js';
import { putFirmware, withSavedMachine } from './saved-state.js';

/** Machines with states that are no device's, which `-dump-vmstate` does not tell. */
const MACHINES: Partial<Record<QemuTarget, readonly string[]>> = {
  x86_64: [
    'pc -m 16M',
    'q35 -m 16M,maxmem=1G -object memory-backend-ram,id=hot,size=16M -device virtio-mem-pci,memdev=hot',
    'isapc -m 16M',
    'microvm -m 16M',
  ],
  aarch64: ['virt -m 16M'],
  arm: ['virt -m 16M', 'mps2-an385'],
  ppc64: ['pseries -m 256M -bios firmware.bin'],
  riscv64: ['virt -m 16M -bios none'],
  s390x: ['s390-ccw-virtio -m 16M'],
  avr: ['mega2560 -bios firmware.bin'],
  alpha: ['none'],
  tricore: ['none'],
};

/** Sections whose versions no QEMU checks as a state's: RAM itself. */
const NOT_STATES = new Set(['ram']);

/**
 * States that are in saved files and not among those known: their versions as written, and the lowest that is taken, found by
 * restoring the file with version 0.
 */
export async function probeStates(
  emulator: Emulator,
  known: ReadonlyMap<string, StateFacts>,
): Promise<Map<string, StateFacts>> {
  const found = new Map<string, StateFacts>();
  for (const machine of MACHINES[emulator.target] ?? []) {
    const args = ['-nodefaults', '-machine', ...machine.split(' ')];
    await withSavedMachine(emulator, args, async ({ sections, vmdescription }, path) => {
      for (const section of sections) {
        if (section.kind !== 'full' || NOT_STATES.has(section.idstr)) continue;
        const device = vmdescription?.json?.devices.find(({ name }) => name === section.idstr);
        const name = device?.vmsd_name;
        if (name === undefined || known.has(name) || found.has(name)) continue;
        const minimum = await lowestVersion(emulator, args, path, section);
        found.set(name, { version: section.versionId, minimum, subsections: [] });
      }
    });
  }
  return found;
}

/** Restores the file with the section's version set to 0, which QEMU answers with the lowest that it takes. */
async function lowestVersion(
  { version, target }: Emulator,
  args: readonly string[],
  path: string,
  { bodyOffset, versionId }: OpeningSection,
): Promise<number> {
  await writeVersion(path, bodyOffset, 0);
  const vm = await launchQemu({
    version,
    target,
    args: [...args, '-S', '-incoming', 'defer'],
    prepare: putFirmware,
  });
  try {
    const outcome = await restoreMappedRam(vm, { uri: `file:${path}` });
    const text = outcome.kind === 'failed' ? outcome.text : '';
    const [, minimum] = /too old for local minimum version_id +(\d+)/.exec(text) ?? [];
    return minimum === undefined ? 0 : Number(minimum);
  } finally {
    await vm.kill();
    await writeVersion(path, bodyOffset, versionId);
  }
}

/** The version is a be32 right before the body. */
async function writeVersion(path: string, bodyOffset: number, version: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(version);
    await file.write(bytes, 0, 4, bodyOffset - 4);
  } finally {
    await file.close();
  }
}
