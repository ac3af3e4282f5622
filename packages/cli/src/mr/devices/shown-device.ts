import {
  type CpuRegisters,
  cpuRegisters,
  type DeviceState,
  findState,
  readDeviceState,
  type SnapshotFile,
} from '@mapped-ram/inspect';
import type { OpeningSection, Vmdescription } from '@mapped-ram/reader';
import { UsageError } from '../../shared/usage-error.js';
import type { DevicesRequest } from './request.js';

/** A device as it is shown: with its state, or the part of it that is asked for. */
export interface ShownDevice extends DeviceState {
  /** Of a CPU. */
  readonly registers?: CpuRegisters;
}

/**
 * Reads what is to be shown of a device.
 *
 * @param description Another snapshot's, instead of the file's own.
 * @throws UsageError where the field is missing, MappedRamError where the state does not fit its description.
 */
export async function readShownDevice(
  { snapshot }: SnapshotFile,
  section: OpeningSection,
  { field, view }: Pick<DevicesRequest, 'field' | 'view'>,
  description: Vmdescription | undefined,
): Promise<ShownDevice> {
  const { state, ...device } = await readDeviceState(snapshot, section, description);
  if (state === undefined) return device;
  if (field !== undefined) {
    const found = findState(state, field);
    if (found === undefined) throw new UsageError(`${device.name} has no field ${JSON.stringify(field)}`);
    return { ...device, state: found };
  }
  const registers = cpuRegisters(state);
  return { ...device, ...(registers && { registers }), ...(view === 'states' && { state }) };
}

/** Whether the file holds state that nothing explains. */
export function isUnexplained({ state, registers, boundedBy }: ShownDevice): boolean {
  return state === undefined && registers === undefined && boundedBy === 'footer-search';
}
