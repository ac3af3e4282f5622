import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import {
  type ByteSource,
  type ContinuingSection,
  type OpeningSection,
  openSnapshot,
  type RamBlock,
  type Section,
  type Snapshot,
} from '@mapped-ram/reader';
import type { Finding } from '../../finding.js';
import { lintSource } from '../../lint.js';
import type { LintOptions } from '../../options.js';
import { rules } from '../../registry.js';
import type { Rule } from '../../rule.js';

/** Makes a damaged file out of a good one, whose structure tells where to put the damage. */
export type Damage = (image: SparseImage, good: Snapshot) => void;

export interface DamageOptions extends Omit<LintOptions, 'rules'> {
  /** The capture to damage; a small one by default. */
  readonly capture?: string;
  /** The file is the VM state in a disk image. */
  readonly isVmState?: boolean;
  /** Of that disk. */
  readonly dirtyBitmaps?: number;
}

/** Damages a capture and returns what one rule finds in it. */
export async function findingsOf(
  rule: Rule,
  damage: Damage = () => {},
  { capture = 'qemu-10.0/none', isVmState = false, dirtyBitmaps = 0, ...options }: DamageOptions = {},
): Promise<readonly Finding[]> {
  const image = await loadCapture(capture);
  damage(image, await openSnapshot(await loadCapture(capture), { tolerant: true }));
  const others = rules.filter(({ id }) => id !== rule.id).map(({ id }) => [id, 'off'] as const);
  const source: ByteSource = isVmState
    ? {
        name: image.name,
        sizeBytes: image.sizeBytes,
        isVmState,
        dirtyBitmaps,
        read: image.read.bind(image),
        close: async () => {},
      }
    : image;
  const report = await lintSource(source, { ...options, rules: Object.fromEntries(others) });
  return report.findings;
}

/** Two bytes, big-endian. */
export function be16(value: number): Uint8Array {
  return be(BigInt(value), 2);
}

/** Four bytes, big-endian. */
export function be32(value: number): Uint8Array {
  return be(BigInt(value), 4);
}

/** Eight bytes, big-endian; a negative value as its two's complement. */
export function be64(value: number | bigint): Uint8Array {
  return be(BigInt(value), 8);
}

function be(value: bigint, lengthBytes: number): Uint8Array {
  const hex = BigInt.asUintN(lengthBytes * 8, value).toString(16);
  return Uint8Array.from(Buffer.from(hex.padStart(lengthBytes * 2, '0'), 'hex'));
}

/** The bytes of a text, one a character. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** The first section of a kind. */
export function sectionOf(good: Snapshot, kind: 'start' | 'full'): OpeningSection;
export function sectionOf(good: Snapshot, kind: 'part' | 'end'): ContinuingSection;
export function sectionOf(good: Snapshot, kind: Section['kind']): Section {
  const found = good.sections.find((section) => section.kind === kind);
  if (found === undefined) throw new RangeError(`the capture has no ${kind} section`);
  return found;
}

/** A block of the good file. */
export function blockOf(good: Snapshot, index = 0): RamBlock {
  const block = good.ramBlocks[index];
  if (block === undefined) throw new RangeError(`the capture has no block ${index}`);
  return block;
}

/** Puts bytes in before the block table, and takes as many out of the gap before the pages: those stay in place. */
export function insertBeforeTable(
  image: SparseImage,
  good: Snapshot,
  byteOffset: number,
  bytes: Uint8Array,
): void {
  const { bitmapOffset, bitmapLengthBytes, headerOffset } = blockOf(good);
  image.remove(bitmapOffset + bitmapLengthBytes, bytes.length);
  image.patch(headerOffset + 12, be64(bitmapOffset + bytes.length));
  image.insert(byteOffset, bytes);
}

/** Takes a whole section out. */
export function removeSection(image: SparseImage, { byteOffset, byteLength }: Section): void {
  image.remove(byteOffset, byteLength);
}

/** Clears all of a block's bitmap. */
export function clearBitmap(image: SparseImage, { bitmapOffset, bitmapLengthBytes }: RamBlock): void {
  image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes));
}

/** Clears the first bits of a block's bitmap: whole bytes of eight pages each. */
export function clearBits(image: SparseImage, { bitmapOffset }: RamBlock, byteCount: number): void {
  image.patch(bitmapOffset, new Uint8Array(byteCount));
}

/** Writes what the machine was doing when the save ended (COMPLETE-5). */
export function setRunState(image: SparseImage, good: Snapshot, state: string): void {
  const section = good.sections.find((one) => one.kind === 'full' && one.idstr === 'globalstate');
  if (section === undefined) throw new RangeError('the capture has no globalstate');
  image.patch(section.bodyOffset + 4, ascii(state.padEnd(100, '\0')));
}
