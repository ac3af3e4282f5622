import type { FileTarget } from '@mapped-ram/writer/file';
import { DESCRIPTOR_BYTES } from './kdump-head.js';
import type { PageCodec } from './page-codec.js';

/** Held until they are written. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Where pages and their descriptors go. */
export interface PagePlaces {
  readonly descriptors: number;
  readonly pages: number;
}

/** Writes pages one behind the other, each compressed, and a descriptor for each. All zero pages share one. */
export class PageWriter {
  readonly #target: FileTarget;
  readonly #codec: PageCodec;
  readonly #littleEndian: boolean;
  readonly #zero: { readonly byteOffset: number; readonly lengthBytes: number };
  readonly #descriptors: Stretch;
  readonly #pages: Stretch;

  /** @param pageSize In bytes. */
  constructor(
    target: FileTarget,
    { descriptors, pages }: PagePlaces,
    codec: PageCodec,
    { pageSize, littleEndian }: { readonly pageSize: number; readonly littleEndian: boolean },
  ) {
    this.#target = target;
    this.#codec = codec;
    this.#littleEndian = littleEndian;
    this.#descriptors = new Stretch(descriptors, pageSize);
    this.#pages = new Stretch(pages, pageSize);
    this.#zero = { byteOffset: pages, lengthBytes: pageSize };
    this.#pages.add(new Uint8Array(pageSize));
  }

  /** Where the file ends. */
  get end(): number {
    return this.#pages.end;
  }

  /** Whether `flush` is due. */
  get isFull(): boolean {
    return this.#pages.isFull || this.#descriptors.isFull;
  }

  /** Adds a page that is zero. */
  addZero(): void {
    this.#describe(this.#zero.byteOffset, this.#zero.lengthBytes, 0);
  }

  /** Adds a page. Its bytes are copied. */
  add(page: Uint8Array): void {
    const compressed = this.#codec.compress(page);
    const bytes = compressed ?? page;
    this.#describe(this.#pages.end, bytes.length, compressed === undefined ? 0 : this.#codec.flag);
    this.#pages.add(bytes);
  }

  /** Writes what is held. @throws MappedRamError as the target does */
  async flush(): Promise<void> {
    await this.#descriptors.flush(this.#target);
    await this.#pages.flush(this.#target);
  }

  #describe(byteOffset: number, lengthBytes: number, flag: number): void {
    const view = this.#descriptors.room(DESCRIPTOR_BYTES);
    view.setBigUint64(0, BigInt(byteOffset), this.#littleEndian);
    view.setUint32(8, lengthBytes, this.#littleEndian);
    view.setUint32(12, flag, this.#littleEndian);
    view.setBigUint64(16, 0n, this.#littleEndian);
  }
}

/** Bytes that are written one behind the other. */
class Stretch {
  readonly #bytes: Uint8Array;
  readonly #limit: number;
  #byteOffset: number;
  #length = 0;

  /** @param margin What may be added when it is full, at least a page and a descriptor more. */
  constructor(byteOffset: number, margin: number) {
    this.#byteOffset = byteOffset;
    this.#limit = BUFFER_BYTES;
    this.#bytes = new Uint8Array(BUFFER_BYTES + 2 * margin);
  }

  get end(): number {
    return this.#byteOffset + this.#length;
  }

  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  add(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  room(lengthBytes: number): DataView {
    const view = new DataView(this.#bytes.buffer, this.#length, lengthBytes);
    this.#length += lengthBytes;
    return view;
  }

  async flush(target: FileTarget): Promise<void> {
    await target.write([{ byteOffset: this.#byteOffset, bytes: this.#bytes.slice(0, this.#length) }]);
    this.#byteOffset += this.#length;
    this.#length = 0;
  }
}
