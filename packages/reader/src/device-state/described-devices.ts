import { contentsErrorOf } from '../contents-error.js';
import type { Vmdescription, VmsdDevice } from '../model.js';
import { measureState, type StateMeasure } from './measure.js';
import { instanceMeant } from './vmdescription.js';

/** The devices of a vmdescription, by idstr and instance, and how long the state of each is. */
export class DescribedDevices {
  readonly #devices = new Map<string, VmsdDevice>();
  /** The first device of each name. */
  readonly #firsts = new Map<string, VmsdDevice>();
  /** Sections may repeat a device without end, but each is measured once. */
  readonly #measures = new Map<VmsdDevice, StateMeasure | Error>();

  constructor({ devices }: Vmdescription) {
    // The first of several counts, as in QEMU's own look-up.
    for (const device of devices.toReversed()) {
      this.#devices.set(keyOf(device.name, device.instance_id), device);
      this.#firsts.set(device.name, device);
    }
  }

  /** The description of a device's state. */
  find(idstr: string, instanceId: number): VmsdDevice | undefined {
    const meant = instanceMeant(idstr, instanceId);
    return meant === undefined ? this.#firsts.get(idstr) : this.#devices.get(keyOf(idstr, meant));
  }

  /**
   * Measures a device's state.
   *
   * @returns undefined where the device is not described.
   * @throws MappedRamError where the description contradicts itself, each time the same.
   */
  measure(idstr: string, instanceId: number): StateMeasure | undefined {
    const device = this.find(idstr, instanceId);
    if (device === undefined) return undefined;
    const known = this.#measures.get(device) ?? measured(device);
    this.#measures.set(device, known);
    if (known instanceof Error) throw known;
    return known;
  }
}

function measured(device: VmsdDevice): StateMeasure | Error {
  try {
    return measureState(device);
  } catch (error) {
    return contentsErrorOf(error);
  }
}

function keyOf(idstr: string, instanceId: number): string {
  return `${instanceId}/${idstr}`;
}
