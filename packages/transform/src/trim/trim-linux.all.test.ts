import { copyFileSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { findDroppablePages } from '@mapped-ram/guest';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { beforeAll, describe, expect, it } from 'vitest';
import { transformFile } from '../files.js';
import { type LinuxMachine, restoredLog, save, withLinux } from '../testing/linux-guest.js';
import { useScratch } from '../testing/scratch.js';
import { planTrim } from './plan-trim.js';
import { trimInPlace } from './trim-in-place.js';
import { trimToCopy } from './trim-to-copy.js';

const scratch = useScratch();

const SAVED_BY = '10.0';
const MACHINE: LinuxMachine = { memoryMiB: 640, args: ['-machine', 'pc-q35-10.0'] };

const guest = findLinuxGuest();
const missing = [guest, ...QEMU_VERSIONS.map((version) => findQemu(version))].find(
  (tool) => tool.kind === 'missing',
);

describe.skipIf(missing !== undefined)(
  missing?.kind === 'missing' ? `missing tool: ${missing.reason}` : 'a Linux guest after work',
  () => {
    const original = () => scratch.path('linux.mr');
    const copy = () => scratch.path('copied.mr');
    const changed = () => scratch.path('changed.mr');

    beforeAll(async () => {
      if (guest.kind === 'missing') return;
      await withLinux(guest, SAVED_BY, MACHINE, async (booted) => {
        await booted.console.run('fill-memory 400');
        await save(booted, original());
      });
    });

    it('has more than half of its pages dropped, in place as into a copy, and nothing else changed', async () => {
      const plan = await planTrim(original());
      expect(plan.zones.map(({ fault }) => fault)).toEqual(plan.zones.map(() => undefined));
      const { report } = await transformFile({ input: original(), output: copy() }, (source, target) =>
        trimToCopy(source, target),
      );
      copyFileSync(original(), changed());
      const { allocatedBytesAfter, ...inPlace } = await trimInPlace(changed());
      expect(report).toEqual(plan);
      expect(inPlace).toMatchObject(plan);
      expect(allocatedBytesAfter).toBeLessThan(inPlace.allocatedBytesBefore - plan.droppedBytes * 0.99);

      const [before, after, alike] = await Promise.all([original(), copy(), changed()].map(openPath));
      const stored = (await findDroppablePages(before as Snapshot)).stored;
      expect(stored.pages).toBe(plan.droppedPages);
      for (const [index, block] of (before as Snapshot).ramBlocks.entries()) {
        const expected = await memoryOf(before as Snapshot, index);
        stored.forEachRun(block, (first, count) =>
          expected.fill(0, first * block.pageSize, (first + count) * block.pageSize),
        );
        expect(expected.equals(await memoryOf(after as Snapshot, index)), block.idstr).toBe(true);
        expect(expected.equals(await memoryOf(alike as Snapshot, index)), block.idstr).toBe(true);
      }
      const [setBefore = 0, setAfter = 0] = await Promise.all(
        [before, after].map((one) => setPages(one as Snapshot)),
      );
      expect(setAfter).toBe(setBefore - plan.droppedPages);
      expect(setAfter * 2).toBeLessThan(setBefore);
      await Promise.all([before, after, alike].map((one) => one?.close()));
    });

    // The memory of both is the same, as was seen above.
    it.each([
      ['10.0', 'a copy', copy],
      ['11.1', 'in place', changed],
    ] as const)(
      'goes on in QEMU %s, trimmed as %s, with the log that an untrimmed one has',
      async (version, _, trimmed) => {
        const control = await restoredLog(original(), version, MACHINE);
        expect(await restoredLog(trimmed(), version, MACHINE)).toEqual(control);
      },
    );

    it('goes on though what it does not use is full of rubbish: the proof by the opposite', async () => {
      const path = scratch.path('rubbish.mr');
      await fillFreePages(path, 0xdb);
      await restoredLog(path, '11.1', MACHINE);
    });

    it('is refused where its free pages are full of poison, and nothing is changed', async () => {
      const path = scratch.path('poisoned.mr');
      await fillFreePages(path, 0xaa);
      const before = readFileSync(path);
      await expect(trimInPlace(path)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('page_poison'),
      });
      expect(readFileSync(path).equals(before)).toBe(true);
    });

    /** Copies the guest, with a byte all over what it does not use. */
    async function fillFreePages(path: string, byte: number): Promise<void> {
      copyFileSync(original(), path);
      const snapshot = await openPath(original());
      const { stored } = await findDroppablePages(snapshot);
      const file = await open(path, 'r+');
      for (const block of stored.blocks) {
        const runs: [number, number][] = [];
        stored.forEachRun(block, (first, count) => runs.push([first, count]));
        for (const [first, count] of runs) {
          const bytes = Buffer.alloc(count * block.pageSize, byte);
          await file.write(bytes, 0, bytes.length, block.pagesOffset + first * block.pageSize);
        }
      }
      await file.close();
      await snapshot.close();
    }
  },
);

async function openPath(path: string): Promise<Snapshot> {
  return openSnapshot(await openFileSource(path));
}

async function memoryOf(snapshot: Snapshot, index: number): Promise<Buffer> {
  const block = snapshot.ramBlocks[index];
  if (block === undefined) throw new Error(`there is no block ${index}`);
  const bytes = Buffer.alloc(block.pageCount * block.pageSize);
  await snapshot.readPages(block, 0, bytes);
  return bytes;
}

async function setPages(snapshot: Snapshot): Promise<number> {
  let count = 0;
  for (const block of snapshot.ramBlocks) count += await snapshot.countSetPages(block);
  return count;
}
