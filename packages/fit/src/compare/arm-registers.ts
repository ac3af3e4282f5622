import { identifiesArmProcessor } from '@mapped-ram/facts';
import type { VmsdDevice } from '@mapped-ram/reader';

/** A processor's system registers by number, with their values. */
export type ArmRegisters = ReadonlyMap<bigint, bigint>;

const LENGTH_FIELD = 'cpreg_vmstate_array_len';
const MAX_REGISTERS = 4096;

/** How many processors there are, of cores that say so: L2CTLR_EL1. */
const NUMBER_OF_PROCESSORS = 0x603000000013cd82n;

/**
 * Reads the system registers of an Arm processor out of its state. The state's first part is laid out alike in all releases, so
 * a description of one fits another.
 *
 * @returns undefined where it is no Arm processor's
 */
export function armRegistersOf(body: Uint8Array, described: VmsdDevice): ArmRegisters | undefined {
  let at = 0;
  for (const field of described.fields ?? []) {
    if (field.name === LENGTH_FIELD) return readRegisters(body, at);
    at += field.size * (field.array_len ?? 1);
  }
  return undefined;
}

/** A be32 count, then the numbers, then the values, be64 each (target/arm/machine.c, `vmstate_arm_cpu`). */
function readRegisters(body: Uint8Array, at: number): ArmRegisters | undefined {
  if (at + 4 > body.length) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(at);
  const numbersAt = at + 4;
  if (count > MAX_REGISTERS || numbersAt + count * 16 > body.length) return undefined;
  const registers = new Map<bigint, bigint>();
  for (let index = 0; index < count; index++) {
    registers.set(
      view.getBigUint64(numbersAt + index * 8),
      view.getBigUint64(numbersAt + (count + index) * 8),
    );
  }
  return registers;
}

/** Why a processor does not take another's registers, in words; undefined where it does. */
export function registerFault(saved: ArmRegisters, own: ArmRegisters): string | undefined {
  if (saved.size > own.size) {
    return `the file has ${saved.size} system registers of the processor, and the destination's has ${own.size}`;
  }
  for (const number of saved.keys()) {
    if (!own.has(number))
      return `the destination's processor has no system register 0x${number.toString(16)}`;
  }
  for (const [number, value] of saved) {
    const isFixed = identifiesArmProcessor(number) || number === NUMBER_OF_PROCESSORS;
    if (!isFixed || own.get(number) === value) continue;
    return `the system register 0x${number.toString(16)} tells of another processor than the destination's`;
  }
  return undefined;
}
