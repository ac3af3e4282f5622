import { readFileSync } from 'node:fs';
import { isGuestMemory, storedBlocks } from '@mapped-ram/facts';
import { captureInfo, loadCapture, type SparseImage, testedMachines } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { expect } from 'vitest';
import { isReport } from '../mr-lint/file-result.js';
import { lintFile } from '../mr-lint/lint-file.js';
import type { CaptureFolder } from './capture-folder.js';
import { runMr } from './run-mr.js';

/** A block of guest memory whose bitmap can be lost. */
export interface LosableBlock {
  readonly captureId: string;
  readonly idstr: string;
  /** In the file. */
  readonly bitmapOffset: number;
  readonly bitmapLengthBytes: number;
}

const HUGE_BYTES = 2 ** 30;

/** Every block of guest memory that has a page in the file, of those captures that are good and of guests that were paused. */
export async function losableBlocks(captureIds = testedMachines()): Promise<LosableBlock[]> {
  const found: LosableBlock[] = [];
  for (const captureId of captureIds) {
    const { good, sizeBytes, streamOffset } = captureInfo(captureId);
    if (!good || sizeBytes > HUGE_BYTES || /\/live/.test(captureId) || streamOffset > 0) continue;
    const snapshot = await openSnapshot(await loadCapture(captureId));
    for (const block of storedBlocks(snapshot.ramBlocks).filter(isGuestMemory)) {
      const { idstr, bitmapOffset, bitmapLengthBytes } = block;
      if ((await snapshot.countSetPages(block)) === 0) continue;
      found.push({ captureId, idstr, bitmapOffset, bitmapLengthBytes });
    }
  }
  return found;
}

/** Zeroes a block's bitmap. */
export function loseBitmap(image: SparseImage, { bitmapOffset, bitmapLengthBytes }: LosableBlock): void {
  image.patch(bitmapOffset, new Uint8Array(bitmapLengthBytes));
}

/** Expects that the file is called bad, that nothing goes by its bitmaps, and that `mr repair` mends it. */
export async function expectGuarded(
  folder: CaptureFolder,
  path: string,
  block: LosableBlock,
): Promise<string> {
  const qemu = block.captureId.startsWith('qemu-10.0') ? '10.0' : '11.1';
  for (const deep of [false, true]) {
    const result = await lintFile(path, { qemu, deep });
    expect(isReport(result) && result.verdict, deep ? 'deep' : 'quick').toBe('wrong-memory');
  }
  const before = readFileSync(path);
  const out = folder.at('out.mr');
  for (const command of [
    ['scrub', path],
    ['scrub', path, out],
    ['copy', path, out],
    ['relocate', '--offset', '0', path, out],
    ['convert', '--to', 'stream', path, out],
    ['clone', path, '-o', folder.at('out.clone')],
    ['extract', '--block', block.idstr, path, '-o', out],
  ]) {
    const { status, err } = await runMr(...command);
    expect(status, `mr ${command.join(' ')}`).toBe(1);
    expect(err).toMatch(/mr repair marks them|cannot be mapped/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
  const zeros = folder.at('zeros.raw');
  const dropped = ['extract', '--drop-unmarked-pages', '--block', block.idstr, path, '-o', zeros];
  expect(await runMr(...dropped, '--force')).toMatchObject({ status: 0 });
  const mended = folder.at('mended.mr');
  expect(await runMr('repair', '--force', path, mended)).toMatchObject({ status: 0 });
  const result = await lintFile(mended, { qemu, deep: true });
  expect(isReport(result) && result.verdict).toBe('restores');
  return mended;
}
