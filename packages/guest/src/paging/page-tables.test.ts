import { loadCapture, onlyInAll } from '@mapped-ram/fixtures';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { createSnapshot, layoutOf, memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../memory/physical-memory.js';
import { PageTables } from './page-tables.js';
import { x86PagingFormat } from './x86-paging.js';

const PAGE_BYTES = 4096;
const ENTRIES = 512;
const PRESENT = 1n;

/** A table all of whose entries lead to a page. */
function tableTo(frame: number | undefined): Uint8Array {
  const table = Buffer.alloc(PAGE_BYTES);
  if (frame === undefined) return table;
  for (let index = 0; index < ENTRIES; index++) {
    table.writeBigUInt64LE(BigInt(frame * PAGE_BYTES) | PRESENT, index * 8);
  }
  return table;
}

/** The page tables of a guest whose first pages are these; the first of them is the topmost. */
async function pageTables(...pages: readonly Uint8Array[]): Promise<PageTables> {
  const source = await loadCapture('qemu-10.0/none');
  const target = memoryTarget();
  const layout = layoutOf(await openSnapshot(source), source);
  const writer = await createSnapshot(target, layout, { detectZeroPages: false });
  await writer.writePages(0, 0, Buffer.concat(pages));
  await writer.finish();
  const snapshot = await openSnapshot(memorySource(target.bytes as Uint8Array));
  const [block] = snapshot.ramBlocks;
  if (block === undefined) throw new Error('there is no block');
  const range = { address: 0n, lengthBytes: block.usedLength, block, blockOffset: 0 };
  return new PageTables(new PhysicalMemory(snapshot, [range]), x86PagingFormat(4), 0n);
}

describe('page tables that are no kernel’s', () => {
  it('lead nowhere and end: one that leads to itself on every level', async () => {
    const tables = await pageTables(tableTo(0));
    await expect(tables.mappings()).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('too many mappings'),
    });
    // What is asked of one address, or of some, is no more than its levels.
    expect(await tables.translate(0x1234n)).toMatchObject({ physicalAddress: 0x234n });
    const between = await tables.mappingsBetween(0n, BigInt(4 * PAGE_BYTES));
    expect(between.map(({ physicalAddress }) => physicalAddress)).toEqual([0n, 0n, 0n, 0n]);
  });

  onlyInAll(it)(
    'lead nowhere and end: few tables that are millions, since each entry leads to the same',
    async () => {
      const tables = await pageTables(tableTo(1), tableTo(2), tableTo(3), tableTo(undefined));
      await expect(tables.mappings()).rejects.toMatchObject({
        code: 'limit-exceeded',
        message: expect.stringContaining('too many page tables'),
      });
      await expect(tables.mappingsBetween(0n, 1n << 46n)).rejects.toMatchObject({ code: 'limit-exceeded' });
    },
  );
});
