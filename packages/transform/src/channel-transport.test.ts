import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { allOrFew, allOrLast, captureInfo, SparseImage } from '@mapped-ram/fixtures';
import { isPosixAvailable } from '@mapped-ram/posix';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { createSnapshot, describeSnapshot } from '@mapped-ram/writer';
import { afterEach, describe, expect, it } from 'vitest';
import { convertSnapshot } from './convert/convert-snapshot.js';
import { copySnapshot } from './copy-snapshot.js';
import { type FileOperation, transformFile } from './files.js';
import { pagesInTurn } from './page-transport.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { scrubInPlace } from './scrub-in-place.js';
import { scrubToCopy } from './scrub-to-copy.js';
import { findRestoreDifference, missingQemu } from './testing/restore.js';
import { streamOffsetOf, useScratch } from './testing/scratch.js';

const scratch = useScratch();
const CHANNELS = allOrFew([1, 16], [5]);

/** Descriptors of this test's files, and threads, that are still there. */
async function leftovers(): Promise<string[]> {
  const folder = dirname(scratch.path('any'));
  const target = (name: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  };
  const descriptors = existsSync('/proc/self/fd')
    ? readdirSync('/proc/self/fd')
        .map(target)
        .filter((path) => path.startsWith(folder))
    : [];
  const parts = readdirSync(folder).filter((name) => name.endsWith('.part'));
  const ports = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort');
  return [...descriptors, ...parts, ...ports.slice(portsBefore)];
}
const portsBefore = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
afterEach(() => expect.poll(leftovers).toEqual([]));

type Operation = (id: string) => FileOperation<unknown>;
const copy: Operation = (id) => (source, target, transport) =>
  copySnapshot(source, target, { ...optionsOf(id), transport });
const scrub: Operation = (id) => (source, target, transport) =>
  scrubToCopy(source, target, { ...optionsOf(id), transport });
const relocate: Operation = (id) => (source, target, transport) =>
  relocateSnapshot(source, target, 12_345, { ...optionsOf(id), transport });
const toStream: Operation = (id) => (source, target, transport) =>
  convertSnapshot(source, target, 'stream', { ...optionsOf(id), transport });
const toMappedRam: Operation = (id) => (source, target, transport) =>
  convertSnapshot(source, target, 'mapped-ram', { ...optionsOf(id), transport });

function optionsOf(id: string) {
  // It was saved on x86, so that in the other order its bits are those of other pages.
  const otherOrder = { wordOrder: 'be' as const, dropUnmarkedPages: true };
  return { ...streamOffsetOf(id), ...(id.endsWith('s390x') && otherOrder) };
}

type Case = readonly [what: string, operation: Operation, id: string];
const CASES: readonly Case[] = [
  ['copied', copy, 'qemu-10.0/pc'],
  ['copied', copy, 'qemu-10.0/avr'],
  ['copied', copy, 'qemu-10.0/s390x'],
  ['copied', copy, 'qemu-11.1/ignore-shared'],
  ['copied', copy, 'libvirt-11.3/save-sparse'],
  ['copied', copy, 'qemu-10.0/live'],
  ['scrubbed', scrub, 'qemu-10.0/zero-pages-stored'],
  ['scrubbed', scrub, 'qemu-11.1/live'],
  ['relocated', relocate, 'qemu-10.0/offset-unaligned'],
  ['converted to a stream', toStream, 'qemu-10.0/pc'],
  ['converted to a stream', toStream, 'qemu-10.0/tricore-none'],
  ['converted from a stream', toMappedRam, 'libvirt-11.3/save-raw'],
];
const FEW_CASES = CASES.filter(([, , id]) => /s390x|stored|11\.1.ignore-shared|save-raw/.test(id));

describe.each(allOrFew(CASES, FEW_CASES))('%s with channels', (what, operation, id) => {
  it.each([
    ['through the page cache', false, CHANNELS],
    ['with direct I/O', true, [3]],
  ])(`${id} is the same file, byte for byte, %s`, async (_, directIo, counts) => {
    const input = await scratch.capture(id);
    const inTurn = scratch.path(`${what}-in-turn`);
    const { report } = await transformFile({ input, output: inTurn, overwrite: true }, operation(id));
    const expected = readFileSync(inTurn);
    for (const channels of counts) {
      const output = scratch.path(`${what}-${channels}`);
      const pair = { input, output, overwrite: true, channels: { channels, directIo } };
      expect((await transformFile(pair, operation(id))).report).toEqual(report);
      expect(Buffer.compare(readFileSync(output), expected), `${channels} channels`).toBe(0);
      // Holes are kept: a file system may round differently, but no hole is filled.
      expect(statSync(output).blocks).toBeLessThanOrEqual(statSync(inTurn).blocks * 1.1 + 64);
    }
  });
});

it('pages that are written again count as they were last, and zeros are found', async () => {
  const input = await scratch.capture('qemu-10.0/none');
  const pages = (fill: number, count: number) => new Uint8Array(count * 4096).fill(fill);
  const layout = describeSnapshot({
    machine: 'none',
    blocks: [{ idstr: 'ram', usedLength: 5000 * 4096, pageSize: 4096 }],
  });
  const writeWith = async (channels: number | undefined) => {
    const output = scratch.path(`rounds-${channels}.mr`);
    const pair = { input, output, ...(channels !== undefined && { channels: { channels } }) };
    const { report } = await transformFile(pair, async (_, target, transport) => {
      const writer = await createSnapshot(target, layout);
      const round = async (...runs: (readonly [firstPage: number, bytes: Uint8Array])[]) => {
        const withCounts = runs.map(([firstPage, bytes]) => ({
          firstPage,
          bytes,
          pageCount: bytes.length / 4096,
        }));
        await transport.write(writer, 0, withCounts);
        await writer.round();
      };
      await round([3, pages(1, 1)], [100, pages(2, 4500)]);
      await round([120, pages(0, 200)], [400, pages(0, 1)], [402, pages(3, 30)]);
      return writer.finish();
    });
    return { report, bytes: readFileSync(output) };
  };
  const expected = await writeWith(undefined);
  expect(expected.report.setPages).toEqual([1 + 4500 - 200 - 1]);
  for (const channels of CHANNELS) {
    const { report, bytes } = await writeWith(channels);
    expect(report).toEqual(expected.report);
    expect(bytes.equals(expected.bytes)).toBe(true);
  }
});

const cannotPunch = !isPosixAvailable();
it.skipIf(cannotPunch)(
  cannotPunch ? 'missing tool: koffi, to make holes' : 'a file that is scrubbed in place is the same one too',
  async () => {
    for (const id of allOrFew(
      ['qemu-10.0/zero-pages-stored', 'qemu-11.1/live', 'qemu-10.0/s390x'],
      ['qemu-10.0/s390x'],
    )) {
      const scrubbed: Buffer[] = [];
      for (const channels of [undefined, { channels: 1 }, { channels: 16 }]) {
        const path = await scratch.capture(id);
        const done: number[] = [];
        const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
          done.push(doneBytes / totalBytes);
        await scrubInPlace(path, { ...optionsOf(id), channels, onProgress });
        expect(done.at(-1)).toBe(1);
        scrubbed.push(readFileSync(path));
      }
      const [expected = Buffer.alloc(0), ...others] = scrubbed;
      for (const other of others) expect(other.equals(expected)).toBe(true);
    }
  },
);

describe('leaves nothing half-made', () => {
  it('when the file is cut under the reader', async () => {
    const input = await scratch.capture('qemu-10.0/pc');
    const output = scratch.path('cut.mr');
    const error = await transformFile(
      { input, output, channels: { channels: 3 } },
      async (source, target, transport) => {
        return copySnapshot(source, target, {
          transport: {
            ...pagesInTurn,
            prepareMove: (asTheyAre) => transport.prepareMove(asTheyAre),
            // Everything but the pages was read by then.
            move: async (...args) => {
              truncateSync(input, 0x200000);
              return transport.move(...args);
            },
          },
        });
      },
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/^(short-read|unexpected-end)$/) });
    expect(existsSync(output)).toBe(false);
  });

  it('when it is ended', async () => {
    const input = await scratch.capture('qemu-10.0/pc');
    const output = scratch.path('ended.mr');
    const controller = new AbortController();
    const reason = new Error('enough');
    const pair = { input, output, signal: controller.signal, channels: { channels: 3 } };
    const work = transformFile(pair, (source, target, transport) =>
      copySnapshot(source, target, { transport, onProgress: () => controller.abort(reason) }),
    );
    await expect(work).rejects.toBe(reason);
    expect(existsSync(output)).toBe(false);
  });

  it('when the files of the threads are not there', async () => {
    const input = await scratch.capture('qemu-10.0/pc');
    const pair = { input, output: scratch.path('no-threads.mr'), channels: { channels: 256 } };
    await expect(transformFile(pair, copy('qemu-10.0/pc'))).rejects.toThrow(RangeError);
    expect(existsSync(pair.output)).toBe(false);
  });
});

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const id = `qemu-${version}/live`;
  const missing = missingQemu(version, captureInfo(id).machine.target);
  it.skipIf(missing !== undefined)(
    missing === undefined ? 'restores what several channels wrote' : `missing tool: ${missing}`,
    async () => {
      const input = await scratch.capture(id);
      const output = scratch.path(`${basename(id)}-${version}.mr`);
      await transformFile({ input, output, channels: { channels: 5 } }, scrub(id));
      const { machine } = captureInfo(id);
      expect(
        await findRestoreDifference(version, machine, { path: input }, { path: output }),
      ).toBeUndefined();
      expect((await SparseImage.fromFile(output)).sizeBytes).toBe(statSync(input).size);
    },
  );
});
