import { RAM_WORD_LENGTH_BYTES, RamFlag } from '@mapped-ram/format';
import type { PageRunBytes } from '@mapped-ram/reader';
import type { SnapshotTarget } from './snapshot-target.js';
import type { BlockEntryFields } from './stream/elements.js';

const BUFFER_BYTES = 1024 * 1024;

/** A word, the longest name and the byte of a zero page. */
const MAX_OVERHEAD_BYTES = RAM_WORD_LENGTH_BYTES + 1 + 255 + 1;

/** A block whose pages go into a classic stream. */
export interface ClassicBlockFields extends BlockEntryFields {
  /** Bytes of a page of the target: a power of two. */
  readonly pageSize: number;
}

/**
 * Writes pages as records of a classic stream, one after another, with their names and addresses. Mirrors
 * `save_page_header` (QEMU 9.0 to 11.1, migration/ram.c).
 */
export class ClassicRecords {
  readonly #target: SnapshotTarget;
  readonly #names: readonly Uint8Array[];
  readonly #blocks: readonly ClassicBlockFields[];
  readonly #buffers: readonly [Uint8Array, Uint8Array];
  #active = 0;
  #view: DataView;
  #filled = 0;
  #byteOffset: number;
  #lastBlock = -1;
  #underWay: Promise<void> = Promise.resolve();

  /** @param byteOffset Where the first record goes in the file. */
  constructor(target: SnapshotTarget, byteOffset: number, blocks: readonly ClassicBlockFields[]) {
    const largest = Math.max(0, ...blocks.map(({ pageSize }) => pageSize));
    const newBuffer = () => new Uint8Array(BUFFER_BYTES + MAX_OVERHEAD_BYTES + largest);
    this.#target = target;
    this.#byteOffset = byteOffset;
    this.#blocks = blocks;
    this.#names = blocks.map(({ idstr }) => new TextEncoder().encode(idstr));
    this.#buffers = [newBuffer(), newBuffer()];
    this.#view = new DataView(this.#buffer.buffer);
  }

  /**
   * Writes runs of a block's pages.
   *
   * @throws MappedRamError `write-failed`.
   */
  async pages(blockIndex: number, runs: Iterable<PageRunBytes>): Promise<void> {
    const { pageSize } = this.#blocks[blockIndex] as ClassicBlockFields;
    for (const { firstPage, pageCount, bytes } of runs) {
      for (let page = 0; page < pageCount; page++) {
        this.#header(blockIndex, (firstPage + page) * pageSize, RamFlag.page);
        this.#buffer.set(bytes.subarray(page * pageSize, (page + 1) * pageSize), this.#filled);
        this.#filled += pageSize;
        if (this.#filled >= BUFFER_BYTES) await this.#flush();
      }
    }
  }

  /**
   * Writes pages that are zero.
   *
   * @throws MappedRamError `write-failed`.
   */
  async zeroPages(blockIndex: number, firstPage: number, pageCount: number): Promise<void> {
    const { pageSize } = this.#blocks[blockIndex] as ClassicBlockFields;
    for (let page = 0; page < pageCount; page++) {
      this.#header(blockIndex, (firstPage + page) * pageSize, RamFlag.zero);
      this.#buffer[this.#filled++] = 0;
      if (this.#filled >= BUFFER_BYTES) await this.#flush();
    }
  }

  /**
   * Writes what is still held back.
   *
   * @returns Where the last record ends.
   * @throws MappedRamError `write-failed`.
   */
  async end(): Promise<number> {
    await this.#flush();
    await this.#underWay;
    return this.#byteOffset;
  }

  get #buffer(): Uint8Array {
    return this.#buffers[this.#active] as Uint8Array;
  }

  #header(blockIndex: number, address: number, flag: number): void {
    const goesOn = blockIndex === this.#lastBlock;
    const flags = flag | (goesOn ? RamFlag.continue : 0);
    this.#view.setUint32(this.#filled, Math.floor(address / 2 ** 32));
    this.#view.setUint32(this.#filled + 4, (address % 2 ** 32) + flags);
    this.#filled += RAM_WORD_LENGTH_BYTES;
    if (goesOn) return;
    const name = this.#names[blockIndex] as Uint8Array;
    this.#buffer[this.#filled] = name.length;
    this.#buffer.set(name, this.#filled + 1);
    this.#filled += 1 + name.length;
    this.#lastBlock = blockIndex;
  }

  /** Hands the buffer over; the other one is filled while it is written. */
  async #flush(): Promise<void> {
    await this.#underWay;
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#underWay = this.#target.write([{ byteOffset: this.#byteOffset, bytes }]);
    // A failure is met by the next flush; until then it must not count as unhandled.
    this.#underWay.catch(() => {});
    this.#byteOffset += this.#filled;
    this.#filled = 0;
    this.#active = 1 - this.#active;
    this.#view = new DataView(this.#buffer.buffer);
  }
}
