import type { MappedRamError } from '@mapped-ram/format';

/** A stretch of the VM state, and where it lies in the image. */
export interface ClusterRun {
  /** In the VM state. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** In the image. */
  readonly hostOffset: number;
  /** Bytes that the image holds for it, where it is a compressed cluster. */
  readonly packedBytes: number | undefined;
}

/** A stretch of the VM state that the image has, and that cannot be read. */
export interface UnreadableRun {
  readonly byteOffset: number;
  readonly lengthBytes: number;
  readonly error: MappedRamError;
}

const FIRST_RUNS = 1024;

/** There are none where nothing is damaged. */
const MAX_UNREADABLE = 4096;

/** Where the VM state lies: runs in ascending order. What is in none of them is zero. Three numbers a run. */
export class ClusterMap {
  #starts = new Float64Array(FIRST_RUNS);
  #lengths = new Float64Array(FIRST_RUNS);
  #hosts = new Float64Array(FIRST_RUNS);
  /** By the run's index. */
  readonly #packed = new Map<number, number>();
  #count = 0;
  readonly #unreadable: UnreadableRun[] = [];
  #zeros: ClusterMap | undefined;

  /** How many runs there are. */
  get count(): number {
    return this.#count;
  }

  /** Where the last run ends in the VM state. */
  get endOffset(): number {
    if (this.#count === 0) return 0;
    return (this.#starts[this.#count - 1] as number) + (this.#lengths[this.#count - 1] as number);
  }

  /** Clusters that the image has and that read as zeros all the same. */
  get zeros(): ClusterMap | undefined {
    return this.#zeros;
  }

  /** Adds such a cluster. */
  addZeros(byteOffset: number, lengthBytes: number, hostOffset: number): void {
    this.#zeros ??= new ClusterMap();
    this.#zeros.add(byteOffset, lengthBytes, hostOffset);
  }

  /** What cannot be read, in ascending order. It is no fault where QEMU does not come to it. */
  get unreadable(): readonly UnreadableRun[] {
    return this.#unreadable;
  }

  /**
   * Adds what cannot be read.
   *
   * @throws MappedRamError the reason, where there is too much of that.
   */
  addUnreadable(byteOffset: number, lengthBytes: number, error: MappedRamError): void {
    const last = this.#unreadable.at(-1);
    if (last !== undefined && last.byteOffset + last.lengthBytes === byteOffset) {
      this.#unreadable.splice(-1, 1, { ...last, lengthBytes: last.lengthBytes + lengthBytes });
      return;
    }
    if (this.#unreadable.length === MAX_UNREADABLE) throw error;
    this.#unreadable.push({ byteOffset, lengthBytes, error });
  }

  /** Adds what follows all that is there; it becomes part of the last run where it goes on both here and there. */
  add(byteOffset: number, lengthBytes: number, hostOffset: number, packedBytes?: number): void {
    const last = this.#count - 1;
    if (last >= 0 && packedBytes === undefined && !this.#packed.has(last) && byteOffset === this.endOffset) {
      if (hostOffset === (this.#hosts[last] as number) + (this.#lengths[last] as number)) {
        this.#lengths[last] = (this.#lengths[last] as number) + lengthBytes;
        return;
      }
    }
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = byteOffset;
    this.#lengths[this.#count] = lengthBytes;
    this.#hosts[this.#count] = hostOffset;
    if (packedBytes !== undefined) this.#packed.set(this.#count, packedBytes);
    this.#count++;
  }

  /** The run with this index. */
  at(index: number): ClusterRun {
    if (index < 0 || index >= this.#count) throw new RangeError(`there is no run ${index}`);
    return {
      byteOffset: this.#starts[index] as number,
      lengthBytes: this.#lengths[index] as number,
      hostOffset: this.#hosts[index] as number,
      packedBytes: this.#packed.get(index),
    };
  }

  /** All runs. */
  all(): Generator<ClusterRun> {
    return this.between(0, Number.POSITIVE_INFINITY);
  }

  /** The runs between two offsets of the VM state, cut off at neither. */
  *between(fromOffset: number, toOffset: number): Generator<ClusterRun> {
    for (let index = this.#firstEndingBehind(fromOffset); index < this.#count; index++) {
      const run = this.at(index);
      if (run.byteOffset >= toOffset) return;
      yield run;
    }
  }

  #firstEndingBehind(byteOffset: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) + (this.#lengths[middle] as number) <= byteOffset)
        low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    this.#starts = twice(this.#starts);
    this.#lengths = twice(this.#lengths);
    this.#hosts = twice(this.#hosts);
  }
}

function twice(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
