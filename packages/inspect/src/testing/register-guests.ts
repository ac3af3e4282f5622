/**
 * Guests that fill every register with a value of its own and then loop without changing anything, so that no two registers can be
 * taken for one another.
 */

/** The value of the general register with this number; vector registers come behind the general ones. */
function registerValue(number: number): bigint {
  return 0x0123_4567_89ab_cd00n + BigInt(number);
}

const X86_ROM_BYTES = 0x10000;
/** Where the processor starts, in the last 64 KiB below 4 GiB. */
const X86_RESET_OFFSET = 0xfff0;

/** From the reset to 64-bit mode; the ROM is also mapped at 0xf0000. */
const X86_TO_LONG_MODE = [
  'fa31c08ed8', // cli; xor ax, ax; mov ds, ax
  '66c706001003200000 66c706041000000000', // page tables at 0x1000, 0x2000 and 0x3000: the first 2 MiB
  '66c706002003300000 66c706042000000000',
  '66c706003083000000 66c706043000000000',
  '66b820060000 0f22e0', // CR4: PAE, OSFXSR, OSXMMEXCPT
  '66b800100000 0f22d8', // CR3
  '66b9800000c0 0f32 660d00010000 0f30', // EFER: LME
  '2e660f01168800', // lgdt cs:[0x88]
  '66b811000080 0f22c0', // CR0: PG, ET, PE
  '66ea8e000f000800 0f1f00', // jmp far 8:0xf008e
  '0000000000000000 ffff0000009baf00', // 0x78: descriptors
  '0f00 78000f00', // 0x88: their limit and address
];

/** A ROM for `-bios`: puts values into the general registers, dr0, and both halves of the vector registers. */
export function x86RegisterRom(): Buffer {
  const code = [hex(X86_TO_LONG_MODE.join(''))];
  for (let vector = 0; vector < 16; vector++) {
    const isHigh = vector >= 8 ? 1 : 0;
    const low = vector & 7;
    code.push(hex('48b8'), littleEndian64(registerValue(16 + vector))); // mov rax, value
    code.push(Buffer.of(0x66, 0x48 | (isHigh << 2), 0x0f, 0x6e, 0xc0 | (low << 3))); // movq xmm, rax
    code.push(Buffer.of(0x66, 0x40 | (isHigh * 5), 0x0f, 0x6c, 0xc0 | (low << 3) | low)); // punpcklqdq xmm, xmm
  }
  code.push(hex('0f23c0')); // mov dr0, rax
  for (let register = 0; register < 16; register++) {
    code.push(
      Buffer.of(register >= 8 ? 0x49 : 0x48, 0xb8 | (register & 7)),
      littleEndian64(registerValue(register)),
    );
  }
  code.push(hex('ebfe')); // jmp to itself
  const rom = Buffer.alloc(X86_ROM_BYTES);
  Buffer.concat(code).copy(rom);
  hex('ea000000f0').copy(rom, X86_RESET_OFFSET); // jmp far 0xf000:0
  return rom;
}

/** Code for an AArch64 CPU at EL1: puts values into x0 to x30, sp, the flags and both halves of the vector registers. */
export function aarch64RegisterCode(): Buffer {
  const code = [0xd2a00600, 0xd5181040, 0xd5033fdf]; // mov x0, #0x300000; msr CPACR_EL1, x0; isb
  const move = (register: number, value: bigint) => {
    for (let part = 0; part < 4; part++) {
      const bits = Number((value >> BigInt(16 * part)) & 0xffffn);
      // movz, then movk
      code.push(((part === 0 ? 0xd2800000 : 0xf2800000) | (part << 21) | (bits << 5) | register) >>> 0);
    }
  };
  for (let vector = 0; vector < 32; vector++) {
    move(1, registerValue(32 + vector));
    code.push(0x9e670020 | vector, 0x4e181c20 | vector); // fmov d, x1; mov v.d[1], x1
  }
  move(5, registerValue(31));
  code.push(0x910000bf); // mov sp, x5
  move(9, 0x6000_0000n);
  code.push(0xd51b4209); // msr NZCV, x9
  for (let register = 0; register <= 30; register++) move(register, registerValue(register));
  code.push(0x14000000); // b to itself
  const bytes = Buffer.alloc(code.length * 4);
  for (const [index, word] of code.entries()) bytes.writeUInt32LE(word >>> 0, index * 4);
  return bytes;
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function littleEndian64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
