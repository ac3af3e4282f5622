import { hasErrorCode } from '@mapped-ram/format/errors';
import { isSystemError, populateMemory, preferLargePages } from '@mapped-ram/posix';

const MIB = 2 ** 20;

/**
 * Filling a MiB of new memory takes 0.3 to 0.8 ms with pages of 4 KiB. It takes longer in a virtual machine whose host follows each of the
 * guest's page tables (2.7 ms, of which large pages leave 0.3), and where memory has to be had from the host first.
 */
const SLOW_MS_PER_MIB = 1;

/** What is filled until the time that it took is looked at: each way is tried with so much. */
const LOOKED_AT_BYTES = 16 * MIB;

/** So much is filled at the most before memory is asked for in pieces: loading the library that asks takes as long. */
const FILLED_WITHOUT_BYTES = 32 * MIB;

/** Large pages are tried only where small ones are slow. */
type Way = 'as-it-comes' | 'small-pages' | 'trying-large-pages' | 'settled';

/**
 * Has the kernel provide memory just before it is filled for the first time, piece by piece instead of page by page, and in large pages
 * where these turn out to be quicker: in other machines, finding and clearing whole pieces of 2 MiB costs more than it saves.
 */
export class NewMemory {
  readonly #whole: Uint8Array;
  readonly #triesLargePages: boolean;
  readonly #lookedAtBytes: number;
  #way: Way = 'as-it-comes';
  #canPopulate = true;
  #filledBytes = 0;
  #lookedBytes = 0;
  #lookedMs = 0;
  #smallMsPerMib = 0;

  /**
   * @param whole All of the memory, of which parts will be filled.
   * @param triesLargePages For one of those that fill it, who finds out for all of them: they would not know whose pages they time.
   * @param lookedAtBytes Filled between two looks at the time that it takes.
   */
  constructor(whole: Uint8Array, triesLargePages: boolean, lookedAtBytes = LOOKED_AT_BYTES) {
    this.#whole = whole;
    this.#triesLargePages = triesLargePages;
    this.#lookedAtBytes = lookedAtBytes;
  }

  /** Provides a part that is going to be filled. */
  provide(part: Uint8Array): void {
    if (this.#way !== 'as-it-comes') this.#canPopulate &&= isHad(() => populateMemory(part));
  }

  /** @param tookMs What filling a part took, with providing it. */
  filled(lengthBytes: number, tookMs: number): void {
    if (this.#way === 'settled') return;
    this.#filledBytes += lengthBytes;
    this.#lookedBytes += lengthBytes;
    this.#lookedMs += tookMs;
    if (this.#lookedBytes < this.#lookedAtBytes) return;
    this.#way = this.#next(this.#lookedMs / (this.#lookedBytes / MIB));
    this.#lookedBytes = 0;
    this.#lookedMs = 0;
  }

  #next(msPerMib: number): Way {
    const isSlow = msPerMib > SLOW_MS_PER_MIB;
    switch (this.#way) {
      case 'as-it-comes':
        return isSlow || this.#filledBytes >= FILLED_WITHOUT_BYTES ? 'small-pages' : 'as-it-comes';
      case 'small-pages':
        if (!isSlow || !this.#triesLargePages) return 'small-pages';
        this.#smallMsPerMib = msPerMib;
        return isHad(() => preferLargePages(this.#whole, true)) ? 'trying-large-pages' : 'settled';
      default:
        if (msPerMib > this.#smallMsPerMib) isHad(() => preferLargePages(this.#whole, false));
        return 'settled';
    }
  }
}

/** Whether that can be asked for here: else memory comes as it comes. */
function isHad(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (!isSystemError(error) && !hasErrorCode(error, 'platform-unsupported')) throw error;
    return false;
  }
}
