import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { captureInfo, loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { type OpeningSection, openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { convertSnapshot } from './convert/convert-snapshot.js';
import { copySnapshot } from './copy-snapshot.js';
import { type FileOperation, pipeToFile, transformFile } from './files.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { repairSnapshot } from './repair/repair-snapshot.js';
import { scrubInPlace } from './scrub-in-place.js';
import { scrubToCopy } from './scrub-to-copy.js';
import { useScratch } from './testing/scratch.js';

const scratch = useScratch();

/** Gives the ram section a version that QEMU refuses, which no operation looks at. */
async function ramVersionFive(image: SparseImage): Promise<SparseImage> {
  const { sections } = await openSnapshot(image, { tolerant: true });
  const isRam = (section: (typeof sections)[number]): section is OpeningSection =>
    section.kind === 'start' && section.idstr === 'ram';
  const { bodyOffset } = sections.find(isRam) as OpeningSection;
  return image.patch(bodyOffset - 4, Uint8Array.of(0, 0, 0, 5));
}

/** What operations made of a file that QEMU refuses. */
const operations: readonly (readonly [string, FileOperation<unknown>])[] = [
  ['copy', (source, target) => copySnapshot(source, target)],
  ['scrub', (source, target) => scrubToCopy(source, target)],
  ['relocate', (source, target) => relocateSnapshot(source, target, 4096)],
  ['convert to stream', (source, target) => convertSnapshot(source, target, 'stream')],
];

async function expectRefused(image: SparseImage, name: string, operation: FileOperation<unknown>) {
  const input = scratch.path(`${name} in`);
  const output = scratch.path(`${name} out`);
  await image.writeTo(input);
  const attempt = transformFile({ input, output }, operation);
  await expect(attempt).rejects.toMatchObject({ code: 'not-restorable' });
  await expect(attempt).rejects.toThrow(/QEMU 11\.1 refuses it: [a-z-]+: /);
  expect(existsSync(output)).toBe(false);
  expect(readdirSync(dirname(output)).filter((entry) => entry.endsWith('.part'))).toEqual([]);
}

it.each(operations)('%s makes nothing that QEMU refuses', async (name, operation) => {
  await expectRefused(await ramVersionFive(await loadCapture('qemu-10.0/none')), name, operation);
});

it('repair says what is still wrong when it has mended all that it can', async () => {
  const image = await ramVersionFive(await loadCapture('qemu-10.0/background-snapshot'));
  await expectRefused(image, 'repair', (source, target) => repairSnapshot(source, target));
});

it('a stream whose like would be refused does not become a snapshot', async () => {
  const input = scratch.path('plain.mr');
  const stream = scratch.path('plain.stream');
  await (await loadCapture('qemu-10.0/none')).writeTo(input);
  await transformFile({ input, output: stream }, (source, target) =>
    convertSnapshot(source, target, 'stream'),
  );
  const { SparseImage } = await import('@mapped-ram/fixtures');
  const classic = await SparseImage.fromFile(stream);
  const ram = Buffer.from(classic.bytes(0, 4096)).indexOf('\x03ram');
  classic.patch(ram + 4 + 4, Uint8Array.of(0, 0, 0, 5));
  await expectRefused(classic, 'to mapped-ram', (source, target) =>
    convertSnapshot(source, target, 'mapped-ram'),
  );
});

it("pages that are not the target's size make no stream", async () => {
  const image = await loadCapture('qemu-10.0/avr');
  const [block] = (await openSnapshot(image)).ramBlocks;
  image.patch((block?.headerOffset ?? 0) + 4, Uint8Array.of(0, 0, 0, 0, 0, 0, 16, 0));
  await expectRefused(image, 'avr', (source, target) => convertSnapshot(source, target, 'stream'));
});

it('what comes out of a pipe is judged too', async () => {
  const image = await ramVersionFive(await loadCapture('qemu-10.0/none'));
  const output = scratch.path('from-pipe.mr');
  const bytes = image.bytes(0, image.sizeBytes);
  const attempt = pipeToFile(
    (async function* () {
      yield bytes;
    })(),
    { output },
  );
  await expect(attempt).rejects.toMatchObject({ code: 'not-restorable' });
  expect(existsSync(output)).toBe(false);
});

it('scrub in place leaves what QEMU refuses as it is', async () => {
  const image = await ramVersionFive(await loadCapture('qemu-10.0/live'));
  const path = scratch.path('in-place.mr');
  await image.writeTo(path);
  const before = readFileSync(path);
  await expect(scrubInPlace(path)).rejects.toMatchObject({ code: 'not-restorable' });
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('what only an older QEMU restores is copied', async () => {
  const id = 'qemu-10.0/none';
  const image = await loadCapture(id);
  const [block] = (await openSnapshot(image)).ramBlocks;
  // 10.0 does not compare the size of a page with its own; 11.1 does.
  image.patch((block?.headerOffset ?? 0) + 4, Uint8Array.of(0, 0, 0, 0, 0, 0, 32, 0));
  const bits = Math.floor((block?.usedLength ?? 0) / 4096);
  const input = scratch.path('older.mr');
  await image.writeTo(input);
  expect(captureInfo(id).good).toBe(true);
  expect(bits).toBeGreaterThan(0);
  await transformFile({ input, output: scratch.path('older-copy.mr') }, (source, target) =>
    copySnapshot(source, target),
  );
});
