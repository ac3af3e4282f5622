import { Limits, RAM_WORD_LENGTH_BYTES, RamFlag } from '@mapped-ram/format';
import type { SnapshotTarget } from '@mapped-ram/writer';

const FLUSH_BYTES = 1024 * 1024;

/** The longest record: word, a name with its length, a page. */
const MAX_RECORD_BYTES = RAM_WORD_LENGTH_BYTES + 1 + Limits.idstrLengthBytes + Limits.maxPageSizeBytes;

/**
 * Collects the records with which pages are stored in a classic stream, and writes them in large pieces. Mirrors `save_page_header`,
 * `save_zero_page` and `save_normal_page` (QEMU 9.0 to 11.1, migration/ram.c).
 */
export class RecordBuffer {
  readonly #target: SnapshotTarget;
  readonly #bytes = new Uint8Array(FLUSH_BYTES + MAX_RECORD_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #position = 0;
  #byteOffset: number;
  /** The block's name, until its first record has been put. */
  #name: Uint8Array | undefined;

  /** @param byteOffset Where the first record goes in the target. */
  constructor(target: SnapshotTarget, byteOffset: number) {
    this.#target = target;
    this.#byteOffset = byteOffset;
  }

  /** Whether {@link flush} has to come before the next record. */
  get isFull(): boolean {
    return this.#position >= FLUSH_BYTES;
  }

  /** The records that follow are of this block. */
  beginBlock(idstr: string): void {
    this.#name = new TextEncoder().encode(idstr);
  }

  /** @param offset Of the page in its block. */
  zeroPage(offset: number): void {
    this.#word(offset, RamFlag.zero);
    this.#bytes[this.#position++] = 0;
  }

  /** @param offset Of the page in its block. @param page The whole page; copied. */
  page(offset: number, page: Uint8Array): void {
    this.#word(offset, RamFlag.page);
    this.#bytes.set(page, this.#position);
    this.#position += page.length;
  }

  /** Writes what was collected. */
  async flush(): Promise<void> {
    await this.#target.write([
      { byteOffset: this.#byteOffset, bytes: this.#bytes.subarray(0, this.#position) },
    ]);
    this.#byteOffset += this.#position;
    this.#position = 0;
  }

  /** Writes the rest, and tells where it ends. */
  async end(): Promise<number> {
    await this.flush();
    return this.#byteOffset;
  }

  #word(offset: number, flag: number): void {
    const name = this.#name;
    const word = BigInt(offset) | BigInt(name === undefined ? flag | RamFlag.continue : flag);
    this.#view.setBigUint64(this.#position, word);
    this.#position += RAM_WORD_LENGTH_BYTES;
    if (name === undefined) return;
    this.#bytes[this.#position++] = name.length;
    this.#bytes.set(name, this.#position);
    this.#position += name.length;
    this.#name = undefined;
  }
}
