import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { isInMemory } from './place.js';
import { scratchFolder } from './testing/scratch.js';
import { Writeback } from './writeback.js';

const PIECE_BYTES = 256 * 1024;
const PIECES = 16;
const onDisk = scratchFolder(tmpdir());

const SLOW_MS = 10;
const QUICK_MS = 0.1;

/** Writes pieces one after another, of which a part may be under way, and says what each took. */
function writePieces(path: string, underWayBytes: number, tookMs: number): void {
  const descriptor = openSync(path, 'w');
  const writeback = new Writeback(descriptor, underWayBytes, PIECE_BYTES);
  for (let piece = 0; piece < PIECES; piece++) {
    writeSync(descriptor, Buffer.alloc(PIECE_BYTES, piece + 1), 0, PIECE_BYTES, piece * PIECE_BYTES);
    writeback.add(piece * PIECE_BYTES, PIECE_BYTES, tookMs);
  }
  closeSync(descriptor);
}

it.each([0, PIECE_BYTES, 3 * PIECE_BYTES])(
  'leaves what was written, with %s bytes under way',
  (underWayBytes) => {
    const path = onDisk(`written-${underWayBytes}`);
    writePieces(path, underWayBytes, SLOW_MS);
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(PIECES * PIECE_BYTES);
    for (let piece = 0; piece < PIECES; piece++) {
      const part = bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
      expect(part.every((byte) => byte === piece + 1)).toBe(true);
    }
  },
);

/** What lies in the page cache of a file, as util-linux's `fincore` counts it. */
const cachedBytes = (path: string) =>
  Number(
    spawnSync('fincore', ['--bytes', '--noheadings', '--output', 'RES', path], { encoding: 'utf8' }).stdout,
  );

const cannotTell =
  spawnSync('fincore', ['--version']).status !== 0
    ? ', missing tool: fincore'
    : isInMemory(tmpdir())
      ? ', missing: a folder for temporary files that is on a disk'
      : '';

it.skipIf(cannotTell !== '')(
  `gives back the memory of what has arrived on the disk, where memory is slow${cannotTell}`,
  () => {
    writePieces(onDisk('given-back'), PIECE_BYTES, SLOW_MS);
    expect(cachedBytes(onDisk('given-back'))).toBeLessThanOrEqual(PIECE_BYTES);
    writePieces(onDisk('under-way'), PIECES * PIECE_BYTES, SLOW_MS);
    expect(cachedBytes(onDisk('under-way'))).toBe(PIECES * PIECE_BYTES);
    writePieces(onDisk('quick'), PIECE_BYTES, QUICK_MS);
    expect(cachedBytes(onDisk('quick'))).toBe(PIECES * PIECE_BYTES);
  },
);

it('leaves what has no disk to the flush', () => {
  const descriptor = openSync('/dev/null', 'w');
  const writeback = new Writeback(descriptor, 0);
  writeback.add(0, PIECE_BYTES, QUICK_MS);
  writeback.add(PIECE_BYTES, PIECE_BYTES, QUICK_MS);
  closeSync(descriptor);
});
