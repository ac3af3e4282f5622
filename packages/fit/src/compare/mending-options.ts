import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { deriveCommand } from '../command/derive-command.js';
import type { QemuOption } from '../command/machine-command.js';

/** The options that give a destination the file's devices, worked out when the first of them is asked for. */
export class MendingOptions {
  readonly #snapshot: Snapshot;
  #options: Promise<readonly QemuOption[]> | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * The `-device` that makes a section, or what stands at its place.
   *
   * @param idstr of the section, or of a block that the device brings
   * @throws MappedRamError `read-failed`
   */
  async deviceFor(idstr: string): Promise<string | undefined> {
    this.#options ??= this.#derive();
    const options = await this.#options;
    const place = idstr.includes('/') ? `${idstr.slice(0, idstr.lastIndexOf('/'))}/` : undefined;
    const found =
      options.find(({ subject }) => subject === idstr) ??
      options.find(({ subject }) => place !== undefined && subject?.startsWith(place));
    return found?.value === undefined ? undefined : `${found.name} ${found.value}`;
  }

  async #derive(): Promise<readonly QemuOption[]> {
    try {
      return (await deriveCommand(this.#snapshot)).options;
    } catch (error) {
      if (error instanceof MappedRamError && error.code !== 'read-failed') return [];
      throw error;
    }
  }
}
