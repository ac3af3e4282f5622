import { hasErrorCode } from '@mapped-ram/format/errors';
import { isSystemError, populateMemory, preferLargePages } from '@mapped-ram/posix';

/** So many bytes are filled before memory is asked for in pieces: loading the library that asks takes as long. */
const FILLED_WITHOUT_BYTES = 32 * 1024 * 1024;

/** What is filled until the time that it took is looked at. */
const LOOKED_AT_BYTES = 64 * 1024 * 1024;
const MIB = 2 ** 20;

/**
 * Filling a MiB of new memory takes 0.3 to 0.6 ms with pages of 4 KiB. It takes longer in a virtual machine whose host follows each of the
 * guest's page tables (2.7 ms, of which large pages leave 0.3), and where memory has to be had from the host first.
 */
const SLOW_MS_PER_MIB = 1;

/** Before it is known what is quicker: each way is tried, large pages only where small ones are slow. */
type Way = 'as-it-comes' | 'small-pages' | 'trying-large-pages' | 'settled';

/**
 * Has the kernel provide memory just before it is filled for the first time, piece by piece instead of page by page, and in large pages
 * where these turn out to be quicker: in other machines, finding and clearing whole pieces of 2 MiB costs more than it saves.
 */
export class NewMemory {
  readonly #whole: Uint8Array;
  readonly #lookedAtBytes: number;
  #way: Way = 'as-it-comes';
  #canPopulate = true;
  #filledBytes = 0;
  #filledMs = 0;
  #smallMsPerMib = 0;

  /**
   * @param whole All of the memory, of which parts will be filled.
   * @param lookedAtBytes Filled between two looks at the time that it takes.
   */
  constructor(whole: Uint8Array, lookedAtBytes = LOOKED_AT_BYTES) {
    this.#whole = whole;
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
    this.#filledMs += tookMs;
    const untilLook = this.#way === 'as-it-comes' ? FILLED_WITHOUT_BYTES : this.#lookedAtBytes;
    if (this.#filledBytes < untilLook) return;
    this.#way = this.#next(this.#filledMs / (this.#filledBytes / MIB));
    this.#filledBytes = 0;
    this.#filledMs = 0;
  }

  #next(msPerMib: number): Way {
    if (this.#way === 'as-it-comes') return 'small-pages';
    if (this.#way === 'small-pages') {
      if (msPerMib <= SLOW_MS_PER_MIB) return 'small-pages';
      this.#smallMsPerMib = msPerMib;
      return isHad(() => preferLargePages(this.#whole, true)) ? 'trying-large-pages' : 'settled';
    }
    if (msPerMib > this.#smallMsPerMib) preferLargePages(this.#whole, false);
    return 'settled';
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
