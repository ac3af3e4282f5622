import { instanceMeant, type Section, type StreamModel, type VmsdStruct } from '@mapped-ram/reader';
import { hotplugDevices } from './hotplug-devices.js';

/** The state of a board's controller that adds processors: an element a processor (hw/acpi/cpu.c, `vmstate_cpu_hotplug`). */
const CONTROLLER = 'CPU hotplug state';

/** How many processors the controller in a device's state knows; undefined where it has none. */
export function hotplugProcessors(device: VmsdStruct): number | undefined {
  return hotplugDevices(device, CONTROLLER);
}

/** The processors of a stream: those whose state is in it, and as many as its machine can have, where a device tells. */
export interface SavedProcessors {
  readonly sections: readonly Section[];
  readonly mostPossible?: number;
}

/** The processors of a stream; every machine's state has one `cpu` or `cpu_common` for each. QEMU loads one that is there again over the first. */
export function savedProcessors({
  sections,
  vmdescription,
}: Pick<StreamModel, 'sections' | 'vmdescription'>): SavedProcessors {
  const named = (idstr: string) => {
    const instances = new Set<number>();
    return sections.filter((section) => {
      if (section.kind !== 'full' || section.idstr !== idstr) return false;
      const countBefore = instances.size;
      return instances.add(instanceMeant(idstr, section.instanceId) ?? 0).size > countBefore;
    });
  };
  const common = named('cpu_common');
  let mostPossible: number | undefined;
  for (const device of vmdescription?.json?.devices ?? []) {
    mostPossible ??= hotplugProcessors(device);
  }
  return {
    sections: common.length > 0 ? common : named('cpu'),
    ...(mostPossible !== undefined && { mostPossible }),
  };
}
