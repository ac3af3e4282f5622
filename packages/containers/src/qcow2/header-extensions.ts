import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readZeroFilled } from '../read-part.js';

/** Kinds of extensions (docs/interop/qcow2.rst of QEMU). Of others, and of what is not listed, QEMU takes anything. */
const Extension = {
  end: 0,
  backingFormat: 0xe279_2aca,
  encryption: 0x0537_be77,
  bitmaps: 0x2385_2875,
} as const;

/** The kind and the length of an extension. */
const HEAD_BYTES = 8;
/** Extensions begin at multiples of it, counted from the first. */
const ALIGNMENT_BYTES = 8;

/** What QEMU 11.1 takes at most (block/qcow2.h, `QCOW2_MAX_BITMAPS` and `QCOW2_MAX_BITMAP_DIRECTORY_SIZE`; include/block/block_int-common.h). */
const MOST_FORMAT_BYTES = 15;
const BITMAPS_BYTES = 24;
const MOST_BITMAPS = 65_535;
const MOST_DIRECTORY_BYTES = 1024n * BigInt(MOST_BITMAPS);

/** Where extensions lie, and what they depend on. */
export interface ExtensionPlace {
  /** Offsets in bytes. */
  readonly start: number;
  readonly end: number;
  readonly clusterBytes: number;
  /** Whether bitmaps count: no program that does not know them has written to the image since. */
  readonly bitmapsCount: boolean;
}

/**
 * Goes through the header's extensions, none of which is needed to read the image: QEMU opens none in which one is wrong. Mirrors
 * `qcow2_read_extensions` (QEMU 11.1, block/qcow2.c).
 *
 * @returns How many dirty bitmaps the image has, of those that count.
 * @throws MappedRamError `bad-disk-image`, `read-failed`.
 */
export async function checkExtensions(source: ByteSource, place: ExtensionPlace): Promise<number> {
  const { start, end } = place;
  const bytes = await readZeroFilled(source, start, Math.max(0, end - start));
  const view = new DataView(bytes.buffer);
  let bitmaps = 0;
  for (let at = 0; at < bytes.length; ) {
    const byteOffset = start + at;
    if (bytes.length - at < HEAD_BYTES) throw bad('an extension of the header has no room', byteOffset);
    const [kind, lengthBytes] = [view.getUint32(at), view.getUint32(at + 4)];
    const mostBytes = bytes.length - at - HEAD_BYTES;
    if (lengthBytes > mostBytes) {
      const what = 'an extension of the header is longer than the room for all';
      throw bad(what, byteOffset + 4, `at most ${mostBytes}`, lengthBytes);
    }
    if (kind === Extension.end) break;
    const contents = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + lengthBytes);
    checkExtension(kind, contents, byteOffset + HEAD_BYTES);
    if (kind === Extension.bitmaps && place.bitmapsCount)
      bitmaps = countBitmaps(contents, byteOffset + HEAD_BYTES, place.clusterBytes);
    at += HEAD_BYTES + Math.ceil(lengthBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }
  return bitmaps;
}

function checkExtension(kind: number, { length }: Uint8Array, byteOffset: number): void {
  const lengthOffset = byteOffset - 4;
  if (kind === Extension.backingFormat && length > MOST_FORMAT_BYTES) {
    const what = "the name of the backing file's format is too long";
    throw bad(what, lengthOffset, `at most ${MOST_FORMAT_BYTES}`, length);
  }
  if (kind === Extension.encryption)
    throw bad('the image has an encryption header, and is not encrypted', byteOffset - HEAD_BYTES);
  if (kind === Extension.bitmaps && length !== BITMAPS_BYTES)
    throw bad('the extension of bitmaps has another length', lengthOffset, `${BITMAPS_BYTES}`, length);
}

/** What the extension says of the dirty bitmaps: how many, and where their directory lies. */
function countBitmaps(contents: Uint8Array, byteOffset: number, clusterBytes: number): number {
  const view = new DataView(contents.buffer, contents.byteOffset, contents.length);
  const [count, reserved] = [view.getUint32(0), view.getUint32(4)];
  const [directoryBytes, directoryOffset] = [view.getBigUint64(8), view.getBigUint64(16)];
  if (reserved !== 0)
    throw bad('a reserved field of the extension of bitmaps is used', byteOffset + 4, '0', reserved);
  if (count === 0 || count > MOST_BITMAPS)
    throw bad('no image has so many bitmaps', byteOffset, `1 to ${MOST_BITMAPS}`, count);
  if (directoryOffset % BigInt(clusterBytes) !== 0n) {
    const what = 'the directory of bitmaps is not where one can be';
    throw bad(what, byteOffset + 16, `a multiple of ${clusterBytes}`, directoryOffset);
  }
  if (directoryBytes > MOST_DIRECTORY_BYTES)
    throw bad(
      'the directory of bitmaps is too long',
      byteOffset + 8,
      `at most ${MOST_DIRECTORY_BYTES}`,
      directoryBytes,
    );
  return count;
}

function bad(what: string, byteOffset: number, expected?: string, actual?: number | bigint): MappedRamError {
  return new MappedRamError('bad-disk-image', { what, byteOffset, path: 'qcow2.header', expected, actual });
}
