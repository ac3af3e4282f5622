import type { VmsdStruct } from '@mapped-ram/reader';

/** The state of a board's controller that adds processors: an element a processor (hw/acpi/cpu.c, `vmstate_cpu_hotplug`). */
const CONTROLLER = 'CPU hotplug state';

/** How many processors the controller in a device's state knows; undefined where it has none. */
export function hotplugProcessors({
  vmsd_name,
  fields = [],
  subsections = [],
}: VmsdStruct): number | undefined {
  if (vmsd_name === CONTROLLER) {
    return fields
      .filter(({ name }) => name === 'devs')
      .reduce((sum, { array_len = 1 }) => sum + array_len, 0);
  }
  for (const part of [...fields.flatMap(({ struct }) => struct ?? []), ...subsections]) {
    const found = hotplugProcessors(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
