import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { createSnapshot, layoutOf, memoryTarget } from '@mapped-ram/writer';
import { Random } from './random.js';
import { syntheticMemory } from './synthetic-evidence.js';
import { Layout, NODES, SyntheticMemoryMap, VMEMMAP, vmcoreinfoText } from './synthetic-memory-map.js';

const FRAMES = 4 * Layout.framesPerSection;
const PAGE_BYTES = 4096;

/** Where the made-up kernel has what; all of it is in use. */
const KERNEL = 0x10_0000;
const TABLES = 0x20_0000;
const INFO = 0x30_0000;
const PAGE_STRUCTS = 0x40_0000;
const RESERVED_END = 0x60_0000;

const KERNEL_MAP = 0xffff_ffff_8000_0000n;
const TABLE = 3n;
const LARGE_PAGE = 0x83n;

/** What the machine shows in place of RAM: its firmware. */
const FIRMWARE = 0xa_0000;

/** What to put into a made-up guest besides. */
export interface SyntheticOptions {
  /** VMCOREINFO in place of the kernel's own. */
  readonly text?: string;
  /** Another one, at the start of an earlier page, such as a file's that a program has read. */
  readonly decoy?: string;
  /** Changes page structures and lists before they are written. */
  readonly damage?: (map: SyntheticMemoryMap) => void;
  /** Changes memory when all is in it. */
  readonly change?: (ram: Buffer) => void;
}

/** Where in memory the made-up kernel has its page tables, the topmost one first. */
export const SYNTHETIC_TABLES = { byteOffset: 0x20_0000, lengthBytes: 5 * 4096 } as const;

/** Where VMCOREINFO is, as text. */
export const SYNTHETIC_VMCOREINFO = { byteOffset: INFO, lengthBytes: vmcoreinfoText(4).length } as const;

/** Name of the block that is its memory. */
export const SYNTHETIC_RAM = 'microvm.ram';

/** The file of a snapshot of a Linux guest that never was: 16 MiB, page tables, VMCOREINFO, page structures and free lists. */
export async function syntheticFile(
  seed: number,
  { text = vmcoreinfoText(4), decoy, damage, change }: SyntheticOptions = {},
): Promise<{ bytes: Uint8Array; map: SyntheticMemoryMap }> {
  const map = new SyntheticMemoryMap(
    new Random(seed),
    FRAMES,
    (frame) => frame >= FIRMWARE / PAGE_BYTES && frame < RESERVED_END / PAGE_BYTES,
  );
  damage?.(map);
  const ram = Buffer.alloc(FRAMES * PAGE_BYTES);
  for (let frame = 0; frame < FRAMES; frame++) {
    ram.fill(map.used[frame] === 1 ? 0x22 : 0x11, frame * PAGE_BYTES, (frame + 1) * PAGE_BYTES);
  }
  ram.fill(0, KERNEL, RESERVED_END);
  for (const [address, bytes] of syntheticMemory(map)) {
    ram.set(
      bytes,
      address < NODES - 0x10_0000n ? PAGE_STRUCTS + Number(address - VMEMMAP) : Number(address - KERNEL_MAP),
    );
  }
  ram.write('6.0.0-synthetic', KERNEL + 130);
  ram.write(text, INFO);
  if (decoy !== undefined) ram.write(`${decoy}\0`, KERNEL + 0x8000);
  writeTables(ram);
  change?.(ram);

  const source = await loadCapture('qemu-10.0/microvm');
  const layout = layoutOf(await openSnapshot(source), source);
  const blocks = layout.blocks.map((block) =>
    block.idstr === SYNTHETIC_RAM ? { ...block, usedLength: ram.length } : block,
  );
  const target = memoryTarget();
  const writer = await createSnapshot(target, { ...layout, blocks });
  const index = blocks.findIndex(({ idstr }) => idstr === SYNTHETIC_RAM);
  await writer.writePages(index, 0, ram);
  await writer.finish();
  return { bytes: target.bytes as Uint8Array, map };
}

/** Page tables of 4 levels: the kernel's addresses, and those of page structures, in pages of 2 MiB. */
function writeTables(ram: Buffer): void {
  const entry = (table: number, index: number, value: bigint) =>
    ram.writeBigUInt64LE(value, TABLES + table * PAGE_BYTES + index * 8);
  const pointer = (table: number) => BigInt(TABLES + table * PAGE_BYTES) | TABLE;
  const indexOf = (address: bigint, level: number) =>
    Number((address >> BigInt(12 + 9 * (level - 1))) & 511n);
  for (const [first, address] of [
    [1, KERNEL_MAP],
    [3, VMEMMAP],
  ] as const) {
    entry(0, indexOf(address, 4), pointer(first));
    entry(first, indexOf(address, 3), pointer(first + 1));
  }
  for (let page = 0; page < 8; page++) entry(2, page, (BigInt(page) << 21n) | LARGE_PAGE);
  entry(4, indexOf(VMEMMAP, 2), BigInt(PAGE_STRUCTS) | LARGE_PAGE);
}
