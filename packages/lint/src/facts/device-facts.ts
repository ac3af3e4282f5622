import { type SavedVirtioDevice, virtioDevices } from '@mapped-ram/facts';
import type { OpeningSection, Snapshot, StateNode } from '@mapped-ram/reader';

/** A system register of a 64-bit Arm processor. */
export interface SavedRegister {
  readonly number: bigint;
  /** Where its number stands in the file. */
  readonly byteOffset: number;
}

/** What of the devices' states the rules look at. */
export interface DeviceFacts {
  readonly virtio: readonly SavedVirtioDevice[];
  /** Registers of the first processor; empty where it is none of Arm. */
  readonly armRegisters: readonly SavedRegister[];
  /**
   * Whether the first processor's state has the timer of FEAT_WFxT, written by a release that writes it for every Arm
   * processor.
   */
  readonly hasNewArmTimer: boolean;
  /** Path of the processor's section. */
  readonly processorWhere?: string;
}

/** The state of a processor has some KiB. */
const MAX_STATE_BYTES = 4 * 1024 * 1024;

/** Reads what the rules have to know of devices. What cannot be read is left out. */
export async function gatherDeviceFacts(snapshot: Snapshot): Promise<DeviceFacts> {
  const index = snapshot.sections.findIndex(
    (section) =>
      section.kind === 'full' && section.idstr === 'cpu' && section.bodyLengthBytes <= MAX_STATE_BYTES,
  );
  const processor = snapshot.sections[index];
  const armRegisters = processor?.kind === 'full' ? await readRegisters(snapshot, processor) : [];
  return {
    virtio: await virtioDevices(snapshot),
    armRegisters,
    hasNewArmTimer: hasNewArmTimer(snapshot, armRegisters),
    ...(processor !== undefined && { processorWhere: `sections[${index}]` }),
  };
}

/** Their numbers are an array in the processor's state (QEMU 9.0 to 11.1, target/arm/machine.c, `vmstate_arm_cpu`). */
async function readRegisters(snapshot: Snapshot, section: OpeningSection): Promise<readonly SavedRegister[]> {
  const state = await decode(snapshot, section);
  const numbers = state?.children?.find(({ name }) => name === 'cpreg_vmstate_indexes');
  if (numbers === undefined) return [];
  if (Array.isArray(numbers.value)) {
    const strideBytes = numbers.lengthBytes / numbers.value.length;
    return numbers.value.flatMap((number: unknown, index) =>
      typeof number === 'bigint' ? [{ number, byteOffset: numbers.byteOffset + index * strideBytes }] : [],
    );
  }
  return (numbers.children ?? []).flatMap(({ value, byteOffset }) =>
    typeof value === 'bigint' ? [{ number: value, byteOffset }] : [],
  );
}

async function decode(snapshot: Snapshot, section: OpeningSection): Promise<StateNode | undefined> {
  try {
    return await snapshot.decodeDeviceState(section);
  } catch {
    return undefined;
  }
}

/** A register that releases which write the timer only with its feature have for every 64-bit processor: ID_AA64ISAR0_EL1. */
const OLDER_REGISTER = 0x603000000013c030n;

function hasNewArmTimer({ vmdescription }: Snapshot, registers: readonly SavedRegister[]): boolean {
  const processor = vmdescription?.json?.devices.find(({ name }) => name === 'cpu');
  const hasTimer = processor?.subsections?.some(({ vmsd_name }) => vmsd_name === 'cpu/wfxt-timer') ?? false;
  return hasTimer && registers.every(({ number }) => number !== OLDER_REGISTER);
}
