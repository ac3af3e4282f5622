import { MappedRamError, RAM_WORD_LENGTH_BYTES } from '@mapped-ram/format';

/** A word, and the byte that a zero page is full of. */
const ZERO_RECORD_BYTES = RAM_WORD_LENGTH_BYTES + 1;

/** How much of a stream may be records of zero pages: so many times the memory in it, and so many bytes besides. */
const ZERO_FACTOR = 3;
const ZERO_BYTES = 60 * 1024 * 1024;

/** What is to be in a classic stream. */
export interface ClassicContents {
  /** Bytes of pages that are not known to be zero. */
  readonly dataBytes: number;
  readonly zeroPages: number;
}

/**
 * Makes sure that a classic stream is no larger than what it is made of gives reason to: it has a record for every zero page,
 * of which a small file can name any number.
 *
 * @param remedy What helps, as an order.
 * @throws MappedRamError `limit-exceeded`.
 */
export function checkClassicSize({ dataBytes, zeroPages }: ClassicContents, remedy: string): void {
  const zeroBytes = zeroPages * ZERO_RECORD_BYTES;
  const most = ZERO_FACTOR * dataBytes + ZERO_BYTES;
  if (zeroBytes <= most) return;
  throw new MappedRamError('limit-exceeded', {
    what: `the stream would have ${zeroBytes} bytes for pages that are zero, and ${dataBytes} for all others; ${remedy}`,
    path: 'ram',
    expected: `at most ${most} bytes for zero pages`,
    actual: zeroBytes,
  });
}
