import { type CpuRegisters, describeDevice, deviceToJson } from '@mapped-ram/inspect';
import type { OpeningSection } from '@mapped-ram/reader';
import type { DevicesRequest } from './request.js';
import type { ShownDevice } from './shown-device.js';

/** What `--format json` prints. */
export function devicesJson(
  { path, view, full }: Pick<DevicesRequest, 'path' | 'view' | 'full'>,
  sections: readonly OpeningSection[],
  shown: readonly ShownDevice[],
): unknown {
  if (view === 'list') return { version: 1, path, devices: sections.map(describeDevice) };
  const devices = shown.map(({ registers, ...device }) => {
    const { state, ...head } = deviceToJson(device, { full });
    return {
      ...head,
      ...(registers && { registers: registersJson(registers) }),
      ...(view === 'states' && { state }),
    };
  });
  return { version: 1, path, devices };
}

/** Hexadecimal text: JSON's readers round numbers of 64 bits. */
function registersJson({ architecture, registers }: CpuRegisters) {
  const values = registers.map(({ name, value }) => [name, `0x${value.toString(16)}`]);
  return { architecture, values: Object.fromEntries(values) };
}
