import { MappedRamError } from '@mapped-ram/format';
import { viewOf } from '../zstd/skippable-frame.js';

/** Where blocks of the new file come from (DELTA-5). */
export const OpKind = {
  /** The same place of the base. */
  same: 0,
  zero: 1,
  /** The data of the difference. */
  data: 2,
  /** The data of the difference, exclusive or with the same place of the base. */
  xor: 3,
  /** Another place of the base. */
  moved: 4,
} as const;

/** Consecutive blocks of the new file. */
export interface Op {
  readonly kind: number;
  readonly blockCount: number;
  /** Of `moved` the first block in the base; else 0. */
  readonly baseBlock: number;
}

/** An encoded op: kind, three bytes of zeros, count, block of the base. */
export const OP_BYTES = 16;

/** More would be held in memory than a difference is worth. */
export const MAX_OPS = 16 * 1024 * 1024;

/** Collects ops; what goes on like the one before is one with it. */
export class OpList {
  #bytes = new Uint8Array(1024 * OP_BYTES);
  #count = 0;
  #last: { kind: number; blockCount: number; baseBlock: number } | undefined;

  /** @throws MappedRamError `limit-exceeded` */
  push(kind: number, blockCount: number, baseBlock = 0): void {
    const last = this.#last;
    const goesOn =
      last?.kind === kind &&
      (kind !== OpKind.moved || last.baseBlock + last.blockCount === baseBlock) &&
      last.blockCount + blockCount <= 0xffffffff;
    if (goesOn) last.blockCount += blockCount;
    else {
      this.#end();
      this.#last = { kind, blockCount, baseBlock };
    }
  }

  /** All of them, encoded. */
  encode(): Uint8Array {
    this.#end();
    return this.#bytes.subarray(0, this.#count * OP_BYTES);
  }

  #end(): void {
    if (this.#last === undefined) return;
    if (this.#count === MAX_OPS) {
      throw new MappedRamError('limit-exceeded', {
        what: 'the files differ in too many places; pack the new one whole',
      });
    }
    const at = this.#count * OP_BYTES;
    if (at === this.#bytes.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const view = viewOf(this.#bytes);
    view.setUint8(at, this.#last.kind);
    view.setUint32(at + 4, this.#last.blockCount, true);
    view.setBigUint64(at + 8, BigInt(this.#last.baseBlock), true);
    this.#count++;
    this.#last = undefined;
  }
}

/** The op at a position of encoded ones. @throws MappedRamError `bad-delta` */
export function opAt(encoded: DataView, index: number): Op {
  const at = index * OP_BYTES;
  const kind = encoded.getUint8(at);
  const blockCount = encoded.getUint32(at + 4, true);
  const baseBlock = encoded.getBigUint64(at + 8, true);
  if (kind > OpKind.moved || blockCount === 0 || baseBlock > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MappedRamError('bad-delta', { path: `ops[${index}]` });
  }
  return { kind, blockCount, baseBlock: Number(baseBlock) };
}
