import type { VmsdStruct } from '@mapped-ram/reader';
import { findStruct } from './find-struct.js';

/** The state of a board's controller that adds processors: an element a processor (hw/acpi/cpu.c, `vmstate_cpu_hotplug`). */
const CONTROLLER = 'CPU hotplug state';

/** How many processors the controller in a device's state knows; undefined where it has none. */
export function hotplugProcessors(device: VmsdStruct): number | undefined {
  return findStruct(device, CONTROLLER)
    ?.fields?.filter(({ name }) => name === 'devs')
    .reduce((sum, { array_len = 1 }) => sum + array_len, 0);
}
