import type { StreamModel, VmsdStruct } from '@mapped-ram/reader';
import { findStruct } from './find-struct.js';

/** The state of a board's controller that adds DIMMs: an element a slot (hw/acpi/memory_hotplug.c, `vmstate_memory_hotplug`). */
const MEMORY_CONTROLLER = 'memory hotplug state';

/** How many devices a controller in a device's state knows, by its name; undefined where it has none. */
export function hotplugDevices(device: VmsdStruct, controller: string): number | undefined {
  return findStruct(device, controller)
    ?.fields?.filter(({ name }) => name === 'devs')
    .reduce((sum, { array_len = 1 }) => sum + array_len, 0);
}

/** As many DIMMs as the machine of a stream can have; undefined where no device tells. */
export function savedMemorySlots({ vmdescription }: Pick<StreamModel, 'vmdescription'>): number | undefined {
  for (const device of vmdescription?.json?.devices ?? []) {
    const slots = hotplugDevices(device, MEMORY_CONTROLLER);
    if (slots !== undefined) return slots;
  }
  return undefined;
}
