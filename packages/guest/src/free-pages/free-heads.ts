/** Stands for a pointer that leads to no page and no list. */
export const NO_LINK = 0xffff_ffff;

/** A link to a list, as opposed to one to a page: this, and the list's number. */
export const LIST_LINK = 0x8000_0000;

/** Page numbers go up to here, so that a link has 32 bits: 8 TiB of pages of 4 KiB. */
export const MAX_FRAMES = LIST_LINK;

/** With memory for each in 15 bytes, 150 MiB. */
export const MAX_HEADS = 10 * 1024 * 1024;

const FIRST_CAPACITY = 16 * 1024;

/**
 * The first pages of free runs, as the memory map has them, in ascending order. They are as many as a guest likes, so a few bytes are kept
 * for each.
 */
export class FreeHeads {
  #frames = new Uint32Array(FIRST_CAPACITY);
  #next = new Uint32Array(FIRST_CAPACITY);
  #previous = new Uint32Array(FIRST_CAPACITY);
  #orders = new Uint8Array(FIRST_CAPACITY);
  #lists = new Uint16Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends one. @returns false where there is no room for more */
  push(frame: number, order: number, next: number, previous: number): boolean {
    if (this.#length === MAX_HEADS) return false;
    if (this.#length === this.#frames.length) this.#grow();
    const index = this.#length++;
    this.#frames[index] = frame;
    this.#orders[index] = order;
    this.#next[index] = next;
    this.#previous[index] = previous;
    return true;
  }

  /** The number of its first page. */
  frame(index: number): number {
    return this.#frames[index] as number;
  }

  /** The run has 2^order pages. */
  order(index: number): number {
    return this.#orders[index] as number;
  }

  /** What follows in its list: a page's number, {@link LIST_LINK} and a list's, or {@link NO_LINK}. */
  next(index: number): number {
    return this.#next[index] as number;
  }

  previous(index: number): number {
    return this.#previous[index] as number;
  }

  /** The zone in whose lists it was met, counted from 1; 0 where it was in none. */
  zone(index: number): number {
    return this.#lists[index] as number;
  }

  setZone(index: number, zone: number): void {
    this.#lists[index] = zone;
  }

  /** Position of the head with a page number; -1 where there is none. */
  find(frame: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#frames[middle] as number) < frame) low = middle + 1;
      else high = middle;
    }
    return low < this.#length && this.#frames[low] === frame ? low : -1;
  }

  #grow(): void {
    const capacity = Math.min(MAX_HEADS, this.#frames.length * 2);
    this.#frames = grown(this.#frames, new Uint32Array(capacity));
    this.#next = grown(this.#next, new Uint32Array(capacity));
    this.#previous = grown(this.#previous, new Uint32Array(capacity));
    this.#orders = grown(this.#orders, new Uint8Array(capacity));
    this.#lists = grown(this.#lists, new Uint16Array(capacity));
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
