import type { MigrationInfo } from './migration-info.js';
import type { Transfer } from './transfer-options.js';

/** MULTIFD_PACKET_SIZE of QEMU's migration/multifd.h: what a channel holds that is taken and not yet counted as sent. */
const PACKET_BYTES = 512 * 1024;

/** Pages that may be taken from what remains and not yet counted as sent: QEMU reads its counters one after another. A hint is of 1,024 pages. */
const UNDER_WAY_PAGES = 64;

/**
 * Counts what a balloon tells QEMU while it saves. QEMU takes a free page from what remains (`qemu_guest_free_page_hint` of migration/ram.c) and counts
 * it nowhere, so it is what is done in the first round and was not sent. In later rounds pages are sent again, and the difference says nothing.
 */
export class HintCount {
  readonly #underWayBytes: number;
  #bytes = 0;

  constructor({ multifd, channels }: Transfer) {
    this.#underWayBytes = multifd ? channels * PACKET_BYTES : 0;
  }

  /** Guest memory that was not sent, at least. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in what QEMU says of a save that is under way. */
  add({ ram }: Pick<MigrationInfo, 'ram'>): void {
    if (ram?.['dirty-sync-count'] !== 1) return;
    const sentBytes = (ram.normal + ram.duplicate) * ram['page-size'];
    const underWayBytes = this.#underWayBytes + UNDER_WAY_PAGES * ram['page-size'];
    this.#bytes = Math.max(this.#bytes, ram.total - ram.remaining - sentBytes - underWayBytes);
  }
}
