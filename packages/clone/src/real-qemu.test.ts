import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  allOrFew,
  allOrLast,
  captureInfo,
  loadCapture,
  restoringVersion,
  type SparseImage,
  scratchParent,
  testedMachines,
} from '@mapped-ram/fixtures';
import { queryRamBlocks } from '@mapped-ram/qmp';
import {
  findGuestDifference,
  findQemu,
  launchDestination,
  QEMU_VERSIONS,
  type QemuTarget,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningClone, startClone } from './start-clone.js';
import { endClone, makeBed, startInBed } from './testing/clone-bed.js';
import { scrubbed } from './testing/scrubbed.js';

/** What x-ignore-shared leaves out is in no file; the memory of virtio-mem was a shared file, which QEMU then ignores too. */
const CANNOT_BE_CLONED = /\/(ignore-shared|virtio-mem)$/;

/** Where the guest of the live captures counts in its memory, 16 bits, as long as it runs. */
const COUNTER_ADDRESS = 0x502;

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(scratchParent, 'clone-qemu-test-'));
});
afterAll(() => rm(parent, { recursive: true }));

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const captures = testedMachines()
    .map(captureInfo)
    .filter((info, turn) => restoringVersion(info, turn) === version && !CANNOT_BE_CLONED.test(info.id))
    .map((info) => ({ info, id: info.id, qemu: findQemu(version, info.machine.target as QemuTarget) }));
  const missing = captures.filter(({ qemu }) => qemu.kind === 'missing');
  const ready = captures.filter(({ qemu }) => qemu.kind === 'found');

  it.skip.each(missing)('missing tool: QEMU for $id', () => {});

  it.each(ready)('a clone of $id has the memory of a restored VM', async ({ id, info }) => {
    const bed = await makeBed(info, await imageOf(id), parent);
    const restored = await launchDestination(info.machine, { version });
    let vm: RunningClone | undefined;
    try {
      const offset = info.streamOffset === 0 ? '' : `,offset=${info.streamOffset}`;
      const settings = { uri: `file:${bed.path}${offset}`, capabilities: info.restoreCapabilities };
      expect(await restoreMappedRam(restored, settings)).toEqual({ kind: 'completed' });
      vm = await startInBed(bed, version, '-S');
      expect(await findGuestDifference(restored, vm)).toBeUndefined();
    } finally {
      if (vm !== undefined) await endClone(vm);
      await restored.kill();
      await rm(bed.folder, { recursive: true });
    }
  });

  const qemu = findQemu(version);
  describe.skipIf(qemu.kind === 'missing')(
    qemu.kind === 'missing' ? `missing tool: ${qemu.reason}` : 'a running clone',
    () => {
      it('runs on, and neither another clone nor the snapshot sees what it writes', async () => {
        const info = captureInfo('qemu-10.0/live');
        const bed = await makeBed(info, await imageOf(info.id), parent);
        const before = sha256(bed.path);
        const vms = [
          await startInBed(bed, version),
          await startInBed(bed, version),
          await startInBed(bed, version, '-S'),
        ];
        try {
          const [running, other, stopped] = await Promise.all(vms.map(guestMemory));
          const standing = stopped?.read(COUNTER_ADDRESS);
          await expect.poll(() => running?.read(COUNTER_ADDRESS)).not.toBe(standing);
          await expect.poll(() => other?.read(COUNTER_ADDRESS)).not.toBe(standing);
          running?.write(0x20_0000, 0xbeef);
          expect([running?.read(0x20_0000), other?.read(0x20_0000)]).toEqual([0xbeef, 0]);
          expect(stopped?.read(COUNTER_ADDRESS)).toBe(standing);
          expect(sha256(bed.path)).toBe(before);
        } finally {
          for (const vm of vms) await endClone(vm);
        }
      });

      it('ends with the status of QEMU', async () => {
        const info = captureInfo('qemu-10.0/none');
        const bed = await makeBed(info, await loadCapture(info.id), parent);
        const vm = await startInBed(bed, version);
        await vm.qmp.execute('quit');
        expect(await vm.exit).toBe(0);
      });

      it.each(allOrFew([0, 20, 60], [20]))(
        'is ended by a signal that comes %d ms after its start',
        async (delayMs) => {
          const info = captureInfo('qemu-10.0/pc');
          const bed = await makeBed(info, await loadCapture(info.id), parent);
          const abort = new AbortController();
          setTimeout(() => abort.abort(new Error('enough')), delayMs);
          const vm = await startInBed({ ...bed, signal: abort.signal }, version).catch((error) => error);
          // It was there before the signal, or it never is.
          if (vm instanceof Error) expect(vm.message).toBe('enough');
          else expect(await vm.exit).toBe(0);
        },
      );

      it('that QEMU refuses is an error with its words, and nothing is left running', async () => {
        const info = captureInfo('qemu-10.0/microvm');
        const bed = await makeBed(info, await loadCapture(info.id), parent);
        const wrongMachine = startInBed(bed, version, '-machine', 'type=pc-i440fx-10.0', '-m', '3M');
        await expect(wrongMachine).rejects.toMatchObject({ code: 'start-failed' });
        await expect(startInBed(bed, version, '-no-such-option')).rejects.toMatchObject({
          code: 'start-failed',
        });
      });
    },
  );
});

it('a program that is not there is an error', async () => {
  const info = captureInfo('qemu-10.0/none');
  const { clone } = await makeBed(info, await loadCapture(info.id), parent);
  await expect(startClone(clone, [join(parent, 'no-qemu')])).rejects.toThrow(/no-qemu cannot be started/);
});

/** A live save has stale bytes, and would be refused. */
async function imageOf(id: string): Promise<SparseImage> {
  const image = await loadCapture(id);
  return /\/live/.test(id) ? scrubbed(image) : image;
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** 16-bit words of a clone's first megabytes of memory. */
async function guestMemory(vm: RunningClone) {
  const blocks = await queryRamBlocks(vm.qmp);
  const base = blocks.find(({ idstr }) => idstr === 'pc.ram')?.hostAddress ?? 0;
  const path = `/proc/${vm.process.pid}/mem`;
  return {
    read(address: number): number {
      const word = Buffer.alloc(2);
      withFile(path, 'r', (fd) => readSync(fd, word, 0, 2, base + address));
      return word.readUInt16LE();
    },
    write(address: number, value: number): void {
      const word = Buffer.alloc(2);
      word.writeUInt16LE(value);
      withFile(path, 'r+', (fd) => writeSync(fd, word, 0, 2, base + address));
    },
  };
}

function withFile(path: string, flags: string, use: (fd: number) => void): void {
  const fd = openSync(path, flags);
  use(fd);
  closeSync(fd);
}
