/** Registers that tell what the processor is: op0 3, CRn 0, of 64-bit processors (QEMU: `ARM64_SYS_REG`). */
const IDENTIFICATION = 0x603000000013c000n;
const IDENTIFICATION_MASK = 0xffffffffffffc000n | 0x3f80n;

/**
 * Whether a system register tells what an Arm processor is, so that no guest changes it.
 *
 * @param register its number in the stream
 */
export function identifiesArmProcessor(register: bigint): boolean {
  return (register & IDENTIFICATION_MASK) === IDENTIFICATION;
}

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * A short text that stands for which system registers an Arm processor saves, and what those hold that tell what it is. The main
 * identification register is not among them, so that this tells best which model a processor is. It is FNV-1a over be64 numbers.
 *
 * @param registers numbers and values as the stream has them (`cpreg_vmstate_indexes`, QEMU 10.0 to 11.1, target/arm/machine.c)
 */
export function armRegisterKey(registers: ReadonlyMap<bigint, bigint>): string {
  let hash = OFFSET_BASIS;
  for (const [number, value] of registers) {
    hash = hashed(hash, number);
    if (identifiesArmProcessor(number)) hash = hashed(hash, value);
  }
  return hash.toString(16).padStart(16, '0');
}

function hashed(start: bigint, value: bigint): bigint {
  let hash = start;
  for (let shift = 56n; shift >= 0n; shift -= 8n) {
    hash = BigInt.asUintN(64, (hash ^ ((value >> shift) & 0xffn)) * PRIME);
  }
  return hash;
}
