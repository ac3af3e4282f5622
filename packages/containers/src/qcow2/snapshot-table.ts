import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { readZeroFilled } from '../read-part.js';
import type { Qcow2Header } from './header.js';

/** QCOW_MAX_SNAPSHOTS_SIZE of QEMU 11.1 (block/qcow2.h). */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;
/** QCOW_MAX_SNAPSHOT_EXTRA_DATA of QEMU 11.1. */
const MAX_EXTRA_BYTES = 1024;

/** Of an entry, before its extra data and names. */
const ENTRY_BYTES = 40;

/** What is read at once of the table. */
const PIECE_BYTES = 256 * 1024;

/** A snapshot in a qcow2 image. */
export interface InternalSnapshot {
  /** `1`, `2`, ...: QEMU gives them. */
  readonly id: string;
  /** As the user named it; it may hold anything. */
  readonly name: string;
  /** When it was taken, in milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Bytes of VM state that QEMU wrote, and not how far they reach, and QEMU believes any number; 0 where only the disk was taken. */
  readonly vmStateBytes: number;
  /** Size of the disk when it was taken, in bytes; inexact beyond 2^53. */
  readonly diskBytes: number;
  /** As it is in the image, sensible or not, and inexact beyond 2^53. */
  readonly l1Offset: number;
  readonly l1Entries: number;
}

/** The table of snapshots. */
export interface SnapshotTable {
  readonly snapshots: readonly InternalSnapshot[];
  /** Bytes that the entries take. */
  readonly lengthBytes: number;
}

/**
 * Reads the table of snapshots; what of it lies behind the end of the image is zeros. Mirrors `qcow2_do_read_snapshots` (QEMU 11.1,
 * block/qcow2-snapshot.c).
 *
 * @throws MappedRamError `bad-disk-image`, `limit-exceeded`, `read-failed`.
 */
export async function readSnapshots(source: ByteSource, header: Qcow2Header): Promise<SnapshotTable> {
  const { snapshotCount, snapshotsOffset } = header;
  const snapshots: InternalSnapshot[] = [];
  const table = new TableReader(source, snapshotsOffset);
  for (let index = 0; index < snapshotCount; index++) snapshots.push(await table.next(header, index));
  return { snapshots, lengthBytes: table.lengthBytes };
}

/** Reads entries one after another, in large pieces. */
class TableReader {
  readonly #source: ByteSource;
  readonly #tableOffset: number;
  #position: number;
  #piece = new Uint8Array();
  #pieceOffset = 0;

  constructor(source: ByteSource, tableOffset: number) {
    this.#source = source;
    this.#tableOffset = tableOffset;
    this.#position = tableOffset;
  }

  /** Of the entries that were read. */
  get lengthBytes(): number {
    return this.#position - this.#tableOffset;
  }

  async next({ virtualBytes }: Qcow2Header, index: number): Promise<InternalSnapshot> {
    const byteOffset = this.#position;
    const path = `qcow2.snapshots[${index}]`;
    const fixed = viewOf(await this.#take(ENTRY_BYTES));
    const l1Offset = Number(fixed.getBigUint64(0));
    const extraBytes = fixed.getUint32(36);
    if (extraBytes > MAX_EXTRA_BYTES) {
      throw new MappedRamError('bad-disk-image', {
        what: 'a snapshot has too much extra data',
        byteOffset,
        path,
        expected: `at most ${MAX_EXTRA_BYTES} bytes`,
        actual: extraBytes,
      });
    }
    const extra = viewOf(await this.#take(extraBytes));
    const id = textOf(await this.#take(fixed.getUint16(12)));
    const name = textOf(await this.#take(fixed.getUint16(14)));
    this.#position = this.#tableOffset + Math.ceil((this.#position - this.#tableOffset) / 8) * 8;
    if (this.#position - this.#tableOffset > MAX_TABLE_BYTES) {
      throw tooMany(byteOffset, `${MAX_TABLE_BYTES} bytes of snapshots`, this.#position - this.#tableOffset);
    }
    return {
      id,
      name,
      takenAtMs: fixed.getUint32(16) * 1000 + Math.floor(fixed.getUint32(20) / 1e6),
      vmStateBytes: extraBytes >= 8 ? Number(extra.getBigUint64(0)) : fixed.getUint32(32),
      diskBytes: extraBytes >= 16 ? Number(extra.getBigUint64(8)) : virtualBytes,
      l1Offset,
      l1Entries: fixed.getUint32(8),
    };
  }

  async #take(lengthBytes: number): Promise<Uint8Array> {
    const inPiece = this.#position - this.#pieceOffset;
    if (inPiece + lengthBytes > this.#piece.length) {
      const pieceBytes = Math.max(lengthBytes, PIECE_BYTES);
      this.#piece = await readZeroFilled(this.#source, this.#position, pieceBytes);
      this.#pieceOffset = this.#position;
    }
    const from = this.#position - this.#pieceOffset;
    this.#position += lengthBytes;
    return this.#piece.subarray(from, from + lengthBytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** As QEMU reads it, to the first NUL. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function tooMany(byteOffset: number, expected: string, actual: number): MappedRamError {
  const what = 'the disk image has too many snapshots';
  return new MappedRamError('limit-exceeded', {
    what,
    byteOffset,
    path: 'qcow2.snapshots',
    expected: `at most ${expected}`,
    actual,
  });
}
