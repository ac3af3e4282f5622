/**
 * Operations over the bitmap of a RAM block: one bit a page, in 64-bit words of the byte order of the host that
 * saved. Every function takes a piece of the bitmap: whole words, page indices counted from the piece's start.
 */

/** The byte order of a bitmap's 64-bit words: the saving host's. Nothing in the file says which. */
export type WordOrder = 'le' | 'be';

/** Called for a run of pages: the first page's index, and how many. */
export type RunCallback = (firstPage: number, pageCount: number) => void;

const WORD_BYTES = 8;
const HALF_BITS = 32;
const HALF_BYTES = 4;
const NO_HALVES = new Int32Array(0);
const MACHINE_ORDER: WordOrder = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 'le' : 'be';

/**
 * Counts the set bits of the first pages.
 *
 * @param bytes Whole 64-bit words; only read.
 * @param pageCount Bits at or past this one do not count.
 * @throws RangeError when `bytes` is not whole words or does not cover `pageCount`.
 */
export function countSet(bytes: Uint8Array, pageCount: number, order: WordOrder): number {
  const words = wordsOf(bytes.byteOffset % HALF_BYTES === 0 ? bytes : bytes.slice(), pageCount);
  const { halves } = words;
  const wholeHalves = Math.floor(pageCount / 64) * 2;
  let count = 0;
  // The order within a word does not matter to how many bits it has.
  for (let half = 0; half < wholeHalves; half++) {
    const bits = halves[half] as number;
    if (bits === -1) count += HALF_BITS;
    else if (bits !== 0) count += popcount(bits);
  }
  for (let half = wholeHalves; half * HALF_BITS < pageCount; half++) {
    count += popcount(readHalf(words, half, order) & maskBelow(pageCount - half * HALF_BITS));
  }
  return count;
}

/**
 * Whether any of the first pages' bits is set.
 *
 * @throws RangeError as {@link countSet} does.
 */
export function anySet(bytes: Uint8Array, pageCount: number, order: WordOrder): boolean {
  return findSet(bytes, order, 0, pageCount) < pageCount;
}

/**
 * The first page in `[from, to)` whose bit is set; `to` where none is.
 *
 * @throws RangeError as {@link countSet} does, with `to` for the page count.
 */
export function findSet(bytes: Uint8Array, order: WordOrder, from: number, to: number): number {
  return findBit(wordsOf(bytes, to), order, from, to, 0);
}

/**
 * One page's bit.
 *
 * @throws RangeError when the piece does not cover the page.
 */
export function getBit(bytes: Uint8Array, pageIndex: number, order: WordOrder): boolean {
  const words = wordsOf(bytes, pageIndex + 1);
  return ((readHalf(words, Math.floor(pageIndex / HALF_BITS), order) >>> (pageIndex % HALF_BITS)) & 1) === 1;
}

/**
 * Sets the bits of the pages `[from, to)`, in little-endian words.
 *
 * @throws RangeError when the piece does not cover them.
 */
export function setRange(bytes: Uint8Array, from: number, to: number): void {
  writeRange(bytes, from, to, 0xff);
}

/**
 * Clears the bits of the pages `[from, to)`, in little-endian words.
 *
 * @throws RangeError when the piece does not cover them.
 */
export function clearRange(bytes: Uint8Array, from: number, to: number): void {
  writeRange(bytes, from, to, 0);
}

/** Clears the bits that are clear in another piece of the same order; those past its end too. */
export function keepCommon(bytes: Uint8Array, others: Uint8Array): void {
  const length = Math.min(bytes.length, others.length);
  const [kept, mask] = pairedHalves(bytes, others, length);
  for (let half = 0; half < kept.length; half++) kept[half] = (kept[half] as number) & (mask[half] as number);
  for (let index = kept.length * HALF_BYTES; index < length; index++)
    bytes[index] = (bytes[index] as number) & (others[index] as number);
  bytes.fill(0, length);
}

/**
 * A copy in which those bits are set that are not. It is whole 64-bit words too.
 *
 * @throws RangeError where the piece is not.
 */
export function complement(bytes: Uint8Array): Uint8Array {
  checkPiece(bytes, 0);
  const inverted = bytes.slice();
  const halves = new Int32Array(inverted.buffer, inverted.byteOffset, inverted.length / HALF_BYTES);
  for (let half = 0; half < halves.length; half++) halves[half] = ~(halves[half] as number);
  return inverted;
}

/** Whether no bit of a piece is set. It need not be whole words. */
export function isClear(bytes: Uint8Array): boolean {
  const wholeBytes = bytes.length - (bytes.length % WORD_BYTES);
  if (anySet(bytes.subarray(0, wholeBytes), wholeBytes * 8, 'le')) return false;
  for (let index = wholeBytes; index < bytes.length; index++) if (bytes[index] !== 0) return false;
  return true;
}

/** Whether two pieces are of one length and have the same bits. */
export function hasSameBits(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [first, second] = pairedHalves(a, b, a.length);
  for (let half = 0; half < first.length; half++) if (first[half] !== second[half]) return false;
  for (let index = first.length * HALF_BYTES; index < a.length; index++)
    if (a[index] !== b[index]) return false;
  return true;
}

/**
 * Calls back for each run of set bits in `[from, to)`, in ascending order. Nothing is allocated for a run, and
 * empty stretches cost one comparison for 32 pages.
 *
 * @throws RangeError as {@link countSet} does, with `to` for the page count.
 */
export function forEachRun(
  bytes: Uint8Array,
  order: WordOrder,
  from: number,
  to: number,
  callback: RunCallback,
): void {
  const words = wordsOf(bytes, to);
  for (let first = findBit(words, order, from, to, 0); first < to; ) {
    const end = findBit(words, order, first, to, -1);
    callback(first, end - first);
    first = findBit(words, order, end, to, 0);
  }
}

/**
 * Joins runs that touch, for a bitmap that is read in pieces: a run that crosses the border of two pieces comes
 * out as one.
 */
export class RunJoiner {
  readonly #callback: RunCallback;
  #first = 0;
  #count = 0;

  constructor(callback: RunCallback) {
    this.#callback = callback;
  }

  /** Takes the next run; runs come in ascending order. */
  push(firstPage: number, pageCount: number): void {
    if (this.#count > 0 && this.#first + this.#count === firstPage) {
      this.#count += pageCount;
      return;
    }
    this.end();
    this.#first = firstPage;
    this.#count = pageCount;
  }

  /** Passes on the run that is still held back. */
  end(): void {
    if (this.#count > 0) this.#callback(this.#first, this.#count);
    this.#count = 0;
  }
}

/**
 * Counts the set bits at or past the last page. QEMU writes none and ignores them.
 *
 * @param bytes The bitmap's last piece, to its very end.
 * @throws RangeError as {@link countSet} does.
 */
export function countTailBits(bytes: Uint8Array, pageCount: number, order: WordOrder): number {
  const words = wordsOf(bytes, pageCount);
  let count = 0;
  for (let half = Math.floor(pageCount / HALF_BITS); half * HALF_BYTES < bytes.length; half++)
    count += popcount(readHalf(words, half, order) & ~maskBelow(Math.max(0, pageCount - half * HALF_BITS)));
  return count;
}

/** Which word order a bitmap seems to have, and what makes it seem so. */
export interface WordOrderGuess {
  readonly order: WordOrder;
  /**
   * `tail`: in the other order, bits past the last page would be set. `fewer-runs`: in the other order the set
   * bits lie more scattered. `none`: nothing speaks for either, and the order is little-endian as on most hosts.
   */
  readonly reason: 'tail' | 'fewer-runs' | 'none';
}

/**
 * Guesses the word order. It is a guess: a file does not say.
 *
 * @param bytes The bitmap's last piece, or all of it.
 * @param pageCount Pages that the piece covers.
 * @throws RangeError as {@link countSet} does.
 */
export function guessWordOrder(bytes: Uint8Array, pageCount: number): WordOrderGuess {
  const littleTail = countTailBits(bytes, pageCount, 'le');
  const bigTail = countTailBits(bytes, pageCount, 'be');
  if ((littleTail === 0) !== (bigTail === 0)) {
    return { order: littleTail === 0 ? 'le' : 'be', reason: 'tail' };
  }
  const littleRuns = countRuns(bytes, pageCount, 'le');
  const bigRuns = countRuns(bytes, pageCount, 'be');
  if (littleRuns === bigRuns) return { order: 'le', reason: 'none' };
  return { order: littleRuns < bigRuns ? 'le' : 'be', reason: 'fewer-runs' };
}

/** Counts runs by their first bits: those that are set while the bit before is not. */
function countRuns(bytes: Uint8Array, pageCount: number, order: WordOrder): number {
  const words = wordsOf(bytes, pageCount);
  let runs = 0;
  let carry = 0;
  for (let half = 0; half * HALF_BITS < pageCount; half++) {
    const bits = readHalf(words, half, order) & maskBelow(pageCount - half * HALF_BITS);
    runs += popcount(bits & ~((bits << 1) | carry));
    carry = bits >>> 31;
  }
  return runs;
}

/** A piece of a bitmap. */
interface Words {
  /** Halves of words, with the bytes of each in the order of this machine: quick to go through before V8 has optimized anything. None where memory does not lie so. */
  readonly halves: Int32Array;
  /** Only where there are no halves: it takes a microsecond to make. */
  readonly view?: DataView;
}

/** @throws RangeError when `bytes` is not whole words or does not cover `pageCount`. */
function wordsOf(bytes: Uint8Array, pageCount: number): Words {
  checkPiece(bytes, pageCount);
  const halves = alignedHalves(bytes);
  if (halves !== NO_HALVES) return { halves };
  return { halves, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

function checkPiece(bytes: Uint8Array, pageCount: number): void {
  if (bytes.length % WORD_BYTES !== 0) {
    throw new RangeError(`a piece of a bitmap is whole 64-bit words, not ${bytes.length} bytes`);
  }
  if (!(pageCount >= 0 && pageCount <= bytes.length * 8)) {
    throw new RangeError(`${bytes.length} bytes of bitmap do not cover ${pageCount} pages`);
  }
}

/** The whole halves of words in the first bytes of two pieces; none where memory does not lie so. */
function pairedHalves(a: Uint8Array, b: Uint8Array, lengthBytes: number): readonly [Int32Array, Int32Array] {
  const [first, second] = [alignedHalves(a, lengthBytes), alignedHalves(b, lengthBytes)];
  return first.length === second.length ? [first, second] : [NO_HALVES, NO_HALVES];
}

/** The whole halves of words in the first bytes of a piece; none where memory does not lie so. */
function alignedHalves(bytes: Uint8Array, lengthBytes = bytes.length): Int32Array {
  if (bytes.byteOffset % HALF_BYTES !== 0) return NO_HALVES;
  return new Int32Array(bytes.buffer, bytes.byteOffset, Math.floor(lengthBytes / HALF_BYTES));
}

function writeRange(bytes: Uint8Array, from: number, to: number, value: 0 | 0xff): void {
  if (!(from >= 0 && to <= bytes.length * 8)) {
    throw new RangeError(`${bytes.length} bytes of bitmap do not cover the pages from ${from} to ${to}`);
  }
  if (from >= to) return;
  const first = Math.floor(from / 8);
  const last = Math.floor(to / 8);
  const head = (0xff << (from % 8)) & 0xff;
  const tail = (1 << (to % 8)) - 1;
  if (first === last) {
    writeBits(bytes, first, head & tail, value);
    return;
  }
  writeBits(bytes, first, head, value);
  bytes.fill(value, first + 1, last);
  if (tail !== 0) writeBits(bytes, last, tail, value);
}

function writeBits(bytes: Uint8Array, index: number, mask: number, value: 0 | 0xff): void {
  bytes[index] = ((bytes[index] as number) & ~mask) | (value & mask);
}

/** Bits `32 * half` and following, the first one in the lowest bit. */
function readHalf({ halves, view }: Words, half: number, order: WordOrder): number {
  // In a big-endian 64-bit word the half with the higher bits comes first.
  const place = order === 'le' ? half : half ^ 1;
  if (view !== undefined) return view.getInt32(place * HALF_BYTES, order === 'le');
  const bits = halves[place] as number;
  return order === MACHINE_ORDER ? bits : swapBytes(bits);
}

function swapBytes(bits: number): number {
  return (bits << 24) | ((bits & 0xff00) << 8) | ((bits >>> 8) & 0xff00) | (bits >>> 24);
}

/** The first bit in `[from, to)` that differs from `skipped`'s (0 or -1), or `to`. */
function findBit(words: Words, order: WordOrder, from: number, to: number, skipped: 0 | -1): number {
  if (from >= to) return to;
  const lastHalf = Math.floor((to - 1) / HALF_BITS);
  let half = Math.floor(from / HALF_BITS);
  let differing = (readHalf(words, half, order) ^ skipped) & ~maskBelow(from % HALF_BITS);
  while (differing === 0) {
    half = skipWords(words, half + 1, lastHalf, skipped);
    if (half > lastHalf) return to;
    differing = readHalf(words, half, order) ^ skipped;
  }
  return Math.min(to, half * HALF_BITS + 31 - Math.clz32(differing & -differing));
}

/** Goes past words that are all of one bit, which they are in any order. @returns The first half that may not be, or one past `lastHalf`. */
function skipWords({ halves }: Words, from: number, lastHalf: number, skipped: 0 | -1): number {
  if (from % 2 === 1) return from;
  let half = from;
  while (half < lastHalf && halves[half] === skipped && halves[half + 1] === skipped) half += 2;
  return half;
}

/** A mask of the lowest bits; 32 and more give all of them. */
function maskBelow(bitCount: number): number {
  return bitCount >= HALF_BITS ? -1 : (1 << bitCount) - 1;
}

function popcount(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
