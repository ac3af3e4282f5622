import { allOrOneIn, loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { describeGuest } from './describe-guest.js';
import { findDroppablePages } from './free-pages/droppable-pages.js';
import { openLinuxGuest } from './linux-guest.js';
import { vmcoreinfoText } from './testing/synthetic-memory-map.js';
import { syntheticSnapshot } from './testing/synthetic-snapshot.js';
import { Vmcoreinfo } from './vmcoreinfo/vmcoreinfo.js';

const PAGE_BYTES = 4096;

describe('a made-up Linux guest', () => {
  it('is found by what its memory holds', async () => {
    const { snapshot } = await syntheticSnapshot(1);
    const guest = await openLinuxGuest(snapshot);
    expect(guest).toMatchObject({ release: '6.0.0-synthetic', origin: 'memory', pagingLevels: 4 });
    expect(await guest.memory.text(0xffff_ffff_8010_0082n, 65, 'the release')).toBe('6.0.0-synthetic');
    expect(await guest.memory.tryRead(0xffff_ffff_9000_0000n, 8)).toBeUndefined();
    expect(await guest.memory.tryRead(0x0000_8000_0000_0000n, 8)).toBeUndefined();
    expect(await describeGuest(snapshot)).toMatchObject({ release: '6.0.0-synthetic', kernelOffset: '0' });
  });

  it.each(allOrOneIn(2, [2, 3, 4, 5]))(
    'loses the pages that it does not use, and no other (seed %i)',
    async (seed) => {
      const { snapshot, map } = await syntheticSnapshot(seed);
      const { free, stored, storedByZone } = await findDroppablePages(snapshot);
      const [block] = stored.blocks;
      if (block === undefined) throw new Error('nothing can be dropped');
      const found: number[] = [];
      stored.forEachRun(block, (first, count) => {
        for (let page = first; page < first + count; page++) found.push(page);
      });
      expect(found).toEqual([...map.used.keys()].filter((frame) => map.used[frame] === 0));
      expect(free.freePages).toBe(found.length);
      expect(storedByZone.reduce((sum, count) => sum + count, 0)).toBe(found.length);
      const bytes = new Uint8Array(PAGE_BYTES);
      await snapshot.readPages(block, found[0] ?? 0, bytes);
      expect(bytes[0]).toBe(0x11);
    },
  );

  it('is not taken for what an earlier boot or a program left in its memory', async () => {
    const decoy = vmcoreinfoText(4).replace('6.0.0-synthetic', '5.9.9-earlier');
    const elsewhere = vmcoreinfoText(4).replaceAll('ffffffff80', 'ffffffff90');
    for (const text of [decoy, elsewhere]) {
      const { snapshot } = await syntheticSnapshot(6, { decoy: text });
      expect((await openLinuxGuest(snapshot)).info.text).toBe(vmcoreinfoText(4));
      await expect(openLinuxGuest(snapshot, { given: new Vmcoreinfo(text) })).rejects.toMatchObject({
        code: 'unsupported',
      });
    }
  });

  it('is refused where all of its zones disagree', async () => {
    const { snapshot } = await syntheticSnapshot(7, {
      damage: (map) => {
        for (const { frame } of map.runs) map.setNext(frame, 0n);
      },
    });
    await expect(findDroppablePages(snapshot)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('with balloon pages loses them only if asked', async () => {
    const offline: number[] = [];
    const { snapshot } = await syntheticSnapshot(8, {
      damage: (map) => {
        for (let frame = 2000; offline.length < 20; frame++) {
          if (map.used[frame] === 0) continue;
          offline.push(frame);
          map.markOffline(frame);
        }
      },
    });
    const kept = await findDroppablePages(snapshot);
    const dropped = await findDroppablePages(snapshot, { offline: true });
    expect(kept.free.offlinePages).toBe(20);
    expect(dropped.stored.pages).toBe(kept.stored.pages + 20);
  });
});

describe('VMCOREINFO that cannot be', () => {
  const madeUp = syntheticSnapshot(9);
  const lines = vmcoreinfoText(4).split('\n').filter(Boolean);
  const values = ['', '-1', '0', '1', '4294967295', '18446744073709551615', '99999999999999999999999', 'zzz'];

  it.each(lines.slice(1))('%s: refused, or what it tells still holds', async (line) => {
    const { snapshot, map } = await madeUp;
    const key = line.slice(0, line.indexOf('='));
    for (const value of values) {
      const text = `${lines.map((one) => (one === line ? `${key}=${value}` : one)).join('\n')}\n`;
      try {
        const { stored } = await findDroppablePages(snapshot, { given: new Vmcoreinfo(text) });
        for (const block of stored.blocks) {
          stored.forEachRun(block, (first, count) => {
            for (let page = first; page < first + count; page++) expect(map.used[page]).toBe(0);
          });
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'MappedRamError' });
      }
    }
  });

  it('is refused where a line is missing, and the line is named', async () => {
    const { snapshot } = await madeUp;
    for (const line of lines.slice(1)) {
      const text = `${lines.filter((one) => one !== line).join('\n')}\n`;
      try {
        await findDroppablePages(snapshot, { given: new Vmcoreinfo(text) });
      } catch (error) {
        expect(error).toMatchObject({ code: 'unsupported' });
      }
    }
  });
});

it.each(allOrOneIn(2, ['qemu-10.0/q35', 'qemu-10.0/microvm', 'qemu-10.0/aarch64-virt', 'qemu-10.0/none'], 1))(
  '%s has no Linux guest',
  async (id) => {
    const snapshot = await openSnapshot(await loadCapture(id));
    expect(await describeGuest(snapshot)).toBeUndefined();
    await expect(openLinuxGuest(snapshot)).rejects.toMatchObject({ code: 'unsupported' });
  },
);
