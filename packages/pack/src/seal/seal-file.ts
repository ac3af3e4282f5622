import { booleanOption, checkOptions, MappedRamError, nameOption } from '@mapped-ram/format';
import { type FileTarget, makeFile } from '@mapped-ram/writer/file';
import { copyRange } from '../file/copy-range.js';
import { workChecks } from '../option-checks.js';
import type { PackedSource } from '../packed-source.js';
import { CHECKSUM_OF_NOTHING, type FramePlace, SeekTableBuilder } from '../zstd/seek-table.js';
import { SKIPPABLE_HEADER_BYTES, SKIPPABLE_MAGIC, viewOf } from '../zstd/skippable-frame.js';
import { openSealable, packedFile, SEAL_KIND, sealFrame } from './find-seal.js';
import type { HashOptions } from './hash-source.js';
import { encodeSealHead, encodeSealTail, SEAL_HEAD_BYTES } from './seal.js';
import { sealPath } from './seal-path.js';
import { signDigest } from './ssh-signature.js';
import { writeSealRecords } from './write-seal-records.js';

/** How to seal. */
export interface SealOptions extends HashOptions {
  /** Where the seal of a plain file is to be; beside it if not given. */
  readonly output?: string | undefined;
  /** Replace a seal that is there. */
  readonly overwrite?: boolean | undefined;
  /** A private key, or a public one whose private one an agent has: what `ssh-keygen -Y sign -f` takes. Without, nothing is signed. */
  readonly signWith?: string | undefined;
}

/** What was sealed. */
export interface SealReport {
  readonly sizeBytes: number;
  /** fs-verity's: 32 bytes. */
  readonly digest: Uint8Array;
  /** Where the seal is: the file itself where that is packed. */
  readonly sealedPath: string;
  readonly isSigned: boolean;
}

/**
 * Seals a file: any file. The seal of a plain one is a file beside it; a packed one gets it into itself, of what was packed. The file
 * or the seal appears whole or not at all.
 *
 * @throws MappedRamError `read-failed`, `write-failed`, `target-exists`; `signing-failed`; the signal's reason.
 */
export async function sealFile(path: string, options: SealOptions = {}): Promise<SealReport> {
  checkOptions<SealOptions>(options, {
    ...{ ...workChecks, output: nameOption },
    overwrite: booleanOption,
    signWith: nameOption,
  });
  const { output = sealPath(path), overwrite, signWith } = options;
  const opened = await openSealable(path);
  try {
    const { source, packed } = opened;
    const sealedPath = packed === undefined ? output : path;
    const old = packed && (await sealFrame(packed));
    if (old !== undefined && overwrite !== true) {
      throw new MappedRamError('target-exists', { what: `${path} is sealed already` });
    }
    const replaces = packed !== undefined || overwrite;
    return await makeFile(sealedPath, { overwrite: replaces }, async (target) => {
      const sealBytes = async (at: number) => {
        let position = at + SEAL_HEAD_BYTES;
        const append = async (bytes: Uint8Array) => {
          await target.write([{ byteOffset: position, bytes }]);
          position += bytes.length;
        };
        const digest = await writeSealRecords(source, append, options);
        const signature = signWith === undefined ? '' : await signDigest(digest, signWith);
        await append(encodeSealTail(signature));
        const head = encodeSealHead({ sizeBytes: source.sizeBytes, digest });
        await target.write([{ byteOffset: at, bytes: head }]);
        return { digest, endOffset: position };
      };
      const digest =
        packed === undefined
          ? (await sealBytes(0)).digest
          : await sealWithin(packed, { old, target }, sealBytes);
      return { sizeBytes: source.sizeBytes, digest, sealedPath, isSigned: signWith !== undefined };
    });
  } finally {
    await opened.close();
  }
}

type SealBytes = (at: number) => Promise<{ digest: Uint8Array; endOffset: number }>;

/** Writes the packed file anew, with the seal as its last frame. */
async function sealWithin(
  packed: PackedSource,
  { old, target }: { old: FramePlace | undefined; target: FileTarget },
  sealBytes: SealBytes,
): Promise<Uint8Array> {
  const table = new SeekTableBuilder();
  let sealOffset = 0;
  for (const frame of packed.table.frames()) {
    if (frame.index === old?.index) continue;
    const { packedBytes, lengthBytes, checksum } = frame;
    table.add(packedBytes, lengthBytes, checksum);
    sealOffset += packedBytes;
  }
  await copyRange(packedFile(packed), target, sealOffset);
  const { digest, endOffset } = await sealBytes(sealOffset + SKIPPABLE_HEADER_BYTES);
  const lengthBytes = endOffset - sealOffset - SKIPPABLE_HEADER_BYTES;
  if (lengthBytes > 0xffffffff) {
    throw new MappedRamError('limit-exceeded', { what: 'the seal is too large to travel in a packed file' });
  }
  const head = new Uint8Array(SKIPPABLE_HEADER_BYTES);
  viewOf(head).setUint32(0, SKIPPABLE_MAGIC + SEAL_KIND, true);
  viewOf(head).setUint32(4, lengthBytes, true);
  table.add(lengthBytes + SKIPPABLE_HEADER_BYTES, 0, CHECKSUM_OF_NOTHING);
  await target.write([
    { byteOffset: sealOffset, bytes: head },
    { byteOffset: endOffset, bytes: table.build() },
  ]);
  return digest;
}
