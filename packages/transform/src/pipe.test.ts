import { readFileSync, statSync } from 'node:fs';
import {
  captureInfo,
  loadCapture,
  ruleThatCannotTell,
  type SparseImage,
  testedMachines,
} from '@mapped-ram/fixtures';
import { memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { copySnapshot } from './copy-snapshot.js';
import { pipeToFile } from './files.js';
import { copyToPipe } from './pipe.js';
import { streamOffsetOf, useScratch } from './testing/scratch.js';

const HUGE_BYTES = 1024 * 1024 * 1024;
const scratch = useScratch();
const good = testedMachines()
  .map((id) => captureInfo(id))
  .filter((info) => info.good && info.sizeBytes < HUGE_BYTES);

/** What is stale where a capture cannot tell could as well have lost its bits, and no copy has it. */
const optionsOf = (id: string) => ({
  ...streamOffsetOf(id),
  dropUnmarkedPages: ruleThatCannotTell(id) !== undefined,
});

async function piped(image: SparseImage, id: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await copyToPipe(image, async (bytes) => void pieces.push(Buffer.from(bytes)), optionsOf(id));
  return Buffer.concat(pieces);
}

it.each(good.map(({ id }) => id))('what goes into a pipe of %s is what a copy holds', async (id) => {
  const image = await loadCapture(id);
  const target = memoryTarget();
  await copySnapshot(image, target, optionsOf(id));
  expect((await piped(image, id)).equals(target.bytes as Uint8Array)).toBe(true);
});

/** Bytes in pieces as they come out of a pipe, of odd lengths. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 7) % 65_537) {
    yield bytes.subarray(at, at + length);
  }
}

describe('what comes out of a pipe', () => {
  it.each(['qemu-10.0/pc', 'qemu-10.0/no-vmdesc', 'qemu-10.0/live'])(
    'has its holes again: %s',
    async (id) => {
      const bytes = await piped(await loadCapture(id), id);
      const output = scratch.path(`piped-${id}`);
      const { sizeBytes, allocatedBytes } = await pipeToFile(inPieces(bytes), { output });
      expect(readFileSync(output).equals(bytes)).toBe(true);
      expect(sizeBytes).toBe(bytes.length);
      expect(allocatedBytes).toBeLessThan(bytes.length / 4);
    },
  );

  it('and is no whole snapshot makes no file', async () => {
    const id = 'qemu-10.0/pc';
    const bytes = await piped(await loadCapture(id), id);
    for (const cut of [0, 100, 2_000_000, bytes.length - 30_000]) {
      const output = scratch.path(`cut-${cut}`);
      const attempt = pipeToFile(inPieces(bytes.subarray(0, cut)), { output });
      await expect(attempt).rejects.toHaveProperty('code');
      expect(() => statSync(output)).toThrow('ENOENT');
    }
  });
});
