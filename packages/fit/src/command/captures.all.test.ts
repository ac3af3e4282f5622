import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureInfo, loadCapture, testedMachines } from '@mapped-ram/fixtures';
import { queryRamBlocks } from '@mapped-ram/qmp';
import { openSnapshot } from '@mapped-ram/reader';
import {
  findQemu,
  launchDestination,
  openProcessMemory,
  type QemuTarget,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { describe, expect, test } from 'vitest';
import { describeDestination } from '../describe-destination.js';
import { fitSnapshot } from '../fit-snapshot.js';
import { deriveCommand } from './derive-command.js';
import { argumentsOfCommand } from './machine-command.js';

/** A capture whose command line QEMU does not start with, or does not restore with, and why. None is known. */
const BY_HAND: ReadonlyMap<string, string> = new Map();

/** Memory of more than this is not compared. */
const LARGEST_MEMORY_BYTES = 300 * 1024 * 1024;

const GOOD = testedMachines().filter((id) => captureInfo(id).good && !NOT_MAPPED_RAM().has(id));

/** Their memory lies in the stream: `mr convert` makes a snapshot of them. */
function NOT_MAPPED_RAM(): ReadonlySet<string> {
  return new Set(['libvirt-11.3/save-raw', 'libvirt-11.3/snapshot-sparse']);
}

describe.each(GOOD)('%s', (id) => {
  const { qemu, machine, streamOffset, restoreCapabilities } = captureInfo(id);
  const version: QemuVersion = qemu.includes(' 11.1') ? '11.1' : '10.0';
  const program = findQemu(version, machine.target as QemuTarget);
  const missing = program.kind === 'missing' ? `, missing tool: ${program.reason}` : '';

  test.skipIf(missing !== '' || BY_HAND.has(id))(
    `QEMU starts with the command line of the file, and restores it${missing}`,
    async () => {
      const image = await loadCapture(id);
      const snapshot = await openSnapshot(image, { streamOffset });
      const command = await deriveCommand(snapshot);
      await snapshot.close();
      const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-command-'));
      const destination = { target: command.target, args: argumentsOfCommand(command), files: [] };
      const vm = await launchDestination(destination, { version });
      try {
        const fit = await fitSnapshot(image, await describeDestination(vm.qmp), { streamOffset });
        const told = fit.findings.filter(({ outcome }) => outcome !== 'restores');
        expect(told, destination.args.join(' ')).toEqual([]);
        const path = join(folder, 'capture.mr');
        await image.writeTo(path);
        const uri = `file:${path}${streamOffset === 0 ? '' : `,offset=${streamOffset}`}`;
        const outcome = await restoreMappedRam(vm, { uri, capabilities: restoreCapabilities });
        expect(outcome, destination.args.join(' ')).toEqual({ kind: 'completed' });
        await expectMemory(vm, machine.memory);
      } finally {
        await vm.kill();
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** That the memory which was saved is in QEMU, in blocks of whatever name. */
async function expectMemory(vm: QemuVm, saved: ReturnType<typeof captureInfo>['machine']['memory']) {
  const memory = await openProcessMemory(vm);
  const found = new Set<string>();
  for (const { usedLength, hostAddress } of await queryRamBlocks(vm.qmp)) {
    if (usedLength > LARGEST_MEMORY_BYTES) continue;
    const bytes = new Uint8Array(usedLength);
    await memory.read(bytes, hostAddress);
    found.add(createHash('sha256').update(bytes).digest('hex'));
  }
  await memory.close();
  for (const { sha256, sizeBytes, inSnapshot } of saved) {
    if (inSnapshot && sizeBytes <= LARGEST_MEMORY_BYTES) expect(found).toContain(sha256);
  }
}
