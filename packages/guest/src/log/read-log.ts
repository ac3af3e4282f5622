import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';

/** A record of the kernel's log. */
export interface LogRecord {
  /** Counted from the first one since the guest booted. */
  readonly sequence: bigint;
  /** Nanoseconds since boot. */
  readonly timeNs: bigint;
  /** It may have several lines; without the newline at its end. It comes from the guest. */
  readonly text: string;
}

/** The kernel's own log has at most this many records and bytes (Linux: init/Kconfig, LOG_BUF_SHIFT; `log_buf_len` up to 2 GiB). */
const MAX_COUNT_BITS = 22;
const MAX_SIZE_BITS = 31;

/** A record has at most as many bytes as fit into its 16-bit length. */
const ID_BYTES = 8;

/** States of a descriptor, in the two uppermost bits of its word (Linux: kernel/printk/printk_ringbuffer.h). */
const COMMITTED = 1n;
const FINALIZED = 2n;
const STATE_SHIFT = 62n;
const ID_MASK = (1n << STATE_SHIFT) - 1n;

/**
 * Reads the kernel's log, oldest record first, without symbols: VMCOREINFO tells where it is and how it is laid out (Linux 5.10 and later:
 * kernel/printk/printk_ringbuffer.c).
 *
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed, or the log is not where it says; as reading pages does.
 */
export async function* readLog({ info, memory }: LinuxGuest): AsyncGenerator<LogRecord, void, undefined> {
  const what = 'the kernel’s log';
  const address = await memory.u64(info.symbol('prb'), what);
  const at = (struct: string, member: string) => BigInt(info.offset(`${struct}.${member}`));
  const descriptors = address + at('printk_ringbuffer', 'desc_ring');
  const texts = address + at('printk_ringbuffer', 'text_data_ring');
  const counter = at('atomic_long_t', 'counter');
  const countBits = await memory.u32(descriptors + at('prb_desc_ring', 'count_bits'), what);
  const sizeBits = await memory.u32(texts + at('prb_data_ring', 'size_bits'), what);
  if (countBits > MAX_COUNT_BITS || sizeBits > MAX_SIZE_BITS) {
    throw new MappedRamError('unsupported', {
      what: 'the guest’s log has a size that cannot be',
      actual: `2^${countBits} records, 2^${sizeBits} bytes`,
    });
  }
  const descs = await memory.u64(descriptors + at('prb_desc_ring', 'descs'), what);
  const infos = await memory.u64(descriptors + at('prb_desc_ring', 'infos'), what);
  const data = await memory.u64(texts + at('prb_data_ring', 'data'), what);
  const head = ID_MASK & (await memory.u64(descriptors + at('prb_desc_ring', 'head_id') + counter, what));
  const tail = ID_MASK & (await memory.u64(descriptors + at('prb_desc_ring', 'tail_id') + counter, what));

  const descBytes = BigInt(info.size('prb_desc'));
  const infoBytes = BigInt(info.size('printk_info'));
  const state = at('prb_desc', 'state_var') + counter;
  const position = at('prb_desc', 'text_blk_lpos');
  const count = 1n << BigInt(countBits);
  const records = (head - tail) & ID_MASK;
  for (let step = 0n; step <= records && step < count; step++) {
    const id = (tail + step) & ID_MASK;
    const index = id % count;
    const desc = descs + index * descBytes;
    const word = await memory.u64(desc + state, what);
    const isReadable = [COMMITTED, FINALIZED].includes(word >> STATE_SHIFT) && (word & ID_MASK) === id;
    if (!isReadable) continue;
    const begin = await memory.u64(desc + position + at('prb_data_blk_lpos', 'begin'), what);
    const next = await memory.u64(desc + position + at('prb_data_blk_lpos', 'next'), what);
    const record = infos + index * infoBytes;
    const sequence = await memory.u64(record + at('printk_info', 'seq'), what);
    const timeNs = await memory.u64(record + at('printk_info', 'ts_nsec'), what);
    const length = await memory.read(record + at('printk_info', 'text_len'), 2, what);
    const place = textPlace(begin, next, BigInt(sizeBits));
    if (place === undefined) yield { sequence, timeNs, text: '' };
    else {
      const lengthBytes = Math.min(length.getUint16(0, true), Math.max(0, place.lengthBytes - ID_BYTES));
      const view = await memory.read(data + place.offset + BigInt(ID_BYTES), lengthBytes, what);
      yield { sequence, timeNs, text: new TextDecoder().decode(view) };
    }
  }
}

/** Where in the ring a record's text lies with its id before it; undefined where it has none. */
function textPlace(
  begin: bigint,
  next: bigint,
  sizeBits: bigint,
): { offset: bigint; lengthBytes: number } | undefined {
  // Odd positions stand for a record without text, or one that was lost.
  if ((begin & 1n) === 1n || (next & 1n) === 1n) return undefined;
  const mask = (1n << sizeBits) - 1n;
  // What does not fit before the ring's end begins again at its start.
  const wraps = begin >> sizeBits !== next >> sizeBits && (next & mask) !== 0n;
  const offset = wraps ? 0n : begin & mask;
  const end = (next & mask) === 0n ? mask + 1n : next & mask;
  return end > offset ? { offset, lengthBytes: Number(end - offset) } : undefined;
}

/** Lines of a record as `dmesg` and crash's `log` print them: with the time before the first one. */
export function formatLogRecord({ timeNs, text }: LogRecord): string[] {
  const seconds = String(timeNs / 1_000_000_000n).padStart(5);
  const micros = String((timeNs % 1_000_000_000n) / 1000n).padStart(6, '0');
  const prefix = `[${seconds}.${micros}] `;
  return text.split('\n').map((line, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + line);
}
