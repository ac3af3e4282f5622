import { truncate } from 'node:fs/promises';
import { booleanOption, checkOptions, MappedRamError } from '@mapped-ram/format';
import { openCodec } from '@mapped-ram/pack/codec';
import type { ByteSource } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import type { TargetPiece } from '@mapped-ram/writer';
import { type FileTarget, makeFile } from '@mapped-ram/writer/file';
import { MIN_LEVEL } from '../codec/codec.js';
import { levelOption, workChecks } from '../option-checks.js';
import { digestSource, digestText } from '../seal/digest-source.js';
import { openSealable } from '../seal/find-seal.js';
import { type HashOptions, hashSource } from '../seal/hash-source.js';
import { VERITY_BLOCK_BYTES, VerityTree } from '../seal/verity.js';
import { ContentChecksum } from '../zstd/content-checksum.js';
import type { KnownFile } from './delta-head.js';
import { type DeltaReport, makeDelta } from './make-delta.js';
import { openDelta, patchedSource } from './patched-source.js';

/** How to make a difference, or a file out of one. */
export interface DeltaOptions extends HashOptions {
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
  /** Of zstd, 1 to 19; 1 if not given. */
  readonly level?: number | undefined;
}

/**
 * Writes what is in a file and not in another: by blocks of 4 KiB, with the digest of both. Either can be packed. The output appears
 * whole or not at all.
 *
 * @throws MappedRamError `read-failed`, `write-failed`, `target-exists`, `limit-exceeded`; the signal's reason.
 */
export async function deltaFile(
  paths: { readonly base: string; readonly next: string; readonly output: string },
  options: DeltaOptions = {},
): Promise<DeltaReport> {
  checkOptions<DeltaOptions>(options, { ...workChecks, overwrite: booleanOption, level: levelOption });
  const { overwrite, level = MIN_LEVEL, ...hashing } = options;
  const opened: ByteSource[] = [];
  try {
    for (const path of [paths.base, paths.next]) opened.push((await openSealable(path)).source);
    const [base, next] = opened as [ByteSource, ByteSource];
    const [codec, checksum] = await Promise.all([openCodec(), ContentChecksum.load()]);
    return await makeFile(paths.output, { overwrite }, async (target) => {
      let position = 0;
      const sink = async (bytes: Uint8Array) => {
        await target.write([{ byteOffset: position, bytes }]);
        position += bytes.length;
      };
      return makeDelta(base, next, sink, { ...hashing, codec, checksum, level });
    });
  } finally {
    for (const source of opened) await source.close();
  }
}

/**
 * Makes a file out of a base and differences, each of which goes on where the one before ended. The file is held against its digest
 * before it takes its name.
 *
 * @throws MappedRamError `wrong-base`, `bad-delta`, `bad-packed-file`, `limit-exceeded`, `read-failed`, `write-failed`, `target-exists`; the
 * signal's reason.
 */
export async function applyFiles(
  paths: { readonly base: string; readonly deltas: readonly string[]; readonly output: string },
  options: Omit<DeltaOptions, 'level'> = {},
): Promise<KnownFile> {
  checkOptions<DeltaOptions>(options, { ...workChecks, overwrite: booleanOption, level: levelOption });
  const { overwrite, ...hashing } = options;
  const codec = await openCodec();
  const { source: base } = await openSealable(paths.base);
  let current = base;
  try {
    let known: KnownFile | undefined;
    let wanted: KnownFile | undefined;
    for (const path of paths.deltas) {
      const file = await openFileSource(path);
      let delta: Awaited<ReturnType<typeof openDelta>>;
      try {
        delta = await openDelta(file, codec);
        // Of a chain, each link has to fit the one before; the first is held against the base where the outcome is wrong.
        if (known !== undefined && !isSame(known, delta.head.base)) throw wrongBase(path);
        current = patchedSource(current, delta);
      } catch (error) {
        await file.close();
        throw error;
      }
      wanted ??= delta.head.base;
      known = delta.head.next;
    }
    const next = known;
    if (next === undefined || wanted === undefined) throw new RangeError('at least one difference is needed');
    const expectedBase = wanted;
    return await makeFile(paths.output, { overwrite }, async (target) => {
      const digest = await copyHashed(current, target, hashing);
      if (Buffer.compare(digest, next.digest) === 0) return next;
      const isRightBase =
        Buffer.compare(await digestSource(base, { signal: hashing.signal }), expectedBase.digest) === 0;
      if (!isRightBase) throw wrongBase(paths.deltas[0] ?? '', expectedBase);
      throw new MappedRamError('bad-delta', {
        what: 'what comes out is not the file that the difference was made of',
        expected: digestText(next.digest),
        actual: digestText(digest),
      });
    });
  } finally {
    await current.close();
  }
}

/** Copies a file, with its zeros as holes. @returns its digest */
async function copyHashed(source: ByteSource, target: FileTarget, options: HashOptions): Promise<Uint8Array> {
  const { sizeBytes } = source;
  await truncate(target.partPath, sizeBytes);
  const tree = new VerityTree();
  let pieces: TargetPiece[] = [];
  await hashSource(
    source,
    {
      block(index, hash, bytes) {
        tree.push(hash);
        const byteOffset = index * VERITY_BLOCK_BYTES;
        const last = pieces.at(-1);
        if (last !== undefined && last.byteOffset + last.bytes.length === byteOffset) {
          const { buffer, byteOffset: start, length } = last.bytes;
          const joined = new Uint8Array(buffer, start, length + bytes.length);
          pieces[pieces.length - 1] = { ...last, bytes: joined };
        } else pieces.push({ byteOffset, bytes });
      },
      zeros: (_index, count) => tree.pushZeros(count),
      async settle() {
        const ready = pieces.map(({ byteOffset, bytes }) => ({
          byteOffset,
          bytes: bytes.subarray(0, sizeBytes - byteOffset),
        }));
        pieces = [];
        await target.write(ready);
      },
    },
    options,
  );
  return tree.digest(sizeBytes);
}

function isSame(a: KnownFile, b: KnownFile): boolean {
  return a.sizeBytes === b.sizeBytes && Buffer.compare(a.digest, b.digest) === 0;
}

function wrongBase(delta: string, expected?: KnownFile): MappedRamError {
  return new MappedRamError('wrong-base', {
    what: `${delta} was made from another base`,
    ...(expected !== undefined && { expected: digestText(expected.digest) }),
  });
}
