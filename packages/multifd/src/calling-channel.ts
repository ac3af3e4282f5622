import { slotBits } from './channel-memory.js';
import type { OnNoDirectIo } from './open-file.js';
import { openMover } from './open-mover.js';
import type { PageMover } from './page-mover.js';
import type { Batch, ChannelSetup } from './protocol.js';

/**
 * The channel of the calling thread: it moves batches while the others start, which takes as long as moving a GiB, and then what they have no room for. Its
 * part of the shared memory is its own.
 */
export class CallingChannel {
  readonly #setup: ChannelSetup;
  readonly #mover: PageMover;

  /** @throws MappedRamError as `openMover` does. */
  constructor(setup: ChannelSetup, onNoDirectIo: OnNoDirectIo) {
    this.#setup = setup;
    this.#mover = openMover(setup, onNoDirectIo);
  }

  /** Whether pages come through no memory of this process, as far as is known. */
  get copiesInKernel(): boolean {
    return this.#mover.copiesInKernel;
  }

  /**
   * Moves a batch; it is done when this returns.
   *
   * @param setBits Sets the bits of the wanted pages.
   * @returns The bits of the pages that were moved, until the next batch.
   * @throws MappedRamError
   */
  move(batch: Batch, setBits: (bits: Uint8Array) => void): Uint8Array {
    const bits = slotBits(this.#setup.memory, this.#setup.channel, 0);
    setBits(bits);
    this.#mover.move(batch, bits);
    return bits;
  }

  /** Closes its descriptors. */
  close(): void {
    this.#mover.close();
  }
}
