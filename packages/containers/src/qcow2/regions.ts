/** A stretch of an image, in bytes. */
export class Region {
  readonly what: string;
  readonly byteOffset: number;
  readonly lengthBytes: number;

  constructor(what: string, byteOffset: number, lengthBytes: number) {
    this.what = what;
    this.byteOffset = byteOffset;
    this.lengthBytes = lengthBytes;
  }

  /** Where it ends. */
  get end(): number {
    return this.byteOffset + this.lengthBytes;
  }

  /** Whether both have a byte in common. */
  overlaps(other: Region): boolean {
    return this.byteOffset < other.end && other.byteOffset < this.end;
  }
}

/** Stretches of an image in which one is found quickly. */
export class Regions {
  /** By their offset. */
  readonly all: readonly Region[];
  /** Up to and with each: the one that reaches farthest. */
  readonly #farthest: readonly Region[];

  constructor(regions: readonly Region[]) {
    this.all = regions.toSorted((a, b) => a.byteOffset - b.byteOffset);
    let last: Region | undefined;
    this.#farthest = this.all.map((region) => {
      if (last === undefined || region.end > last.end) last = region;
      return last;
    });
  }

  /** One that overlaps with a stretch; undefined where none does. */
  overlapping({ byteOffset, end }: Region): Region | undefined {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.all[middle] as Region).byteOffset < end) low = middle + 1;
      else high = middle;
    }
    const candidate = this.#farthest[low - 1];
    return candidate !== undefined && candidate.end > byteOffset ? candidate : undefined;
  }
}
