import type { CpioEntry } from './cpio.js';

const PROGRAM_MODE = 0o100755;
const LOAD_ADDRESS = 0x40_0000;
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/**
 * The instructions, for x86-64: reads a number of MiB out of its first argument; maps so much memory; touches every page;
 * sees that all of it is zero; fills it with a value made out of each word's address; sees that all of it is there. Each step has
 * an exit status of its own where it fails: no memory (1), not zero (2), not what was written (3).
 *
 * ```
 * pop rax; pop rbx; pop rsi; xor r12d,r12d
 * digit: movzx eax,byte[rsi]; inc rsi; sub eax,'0'; js map; imul r12,r12,10; add r12,rax; jmp digit
 * map:   shl r12,20; mmap(0, r12, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
 *        mov ebx,1; test rax,rax; js end; mov r13,rax; lea r14,[rax+r12]; mov rdi,r13
 * touch: mov byte[rdi],0; add rdi,4096; cmp rdi,r14; jb touch
 *        inc ebx; mov rdi,r13; mov rcx,r12; shr rcx,3; xor eax,eax; repe scasq; jne end
 *        movabs rdx,0x9e3779b97f4a7c15; mov rdi,r13
 * fill:  mov rax,rdi; imul rax,rdx; stosq; cmp rdi,r14; jb fill
 *        inc ebx; mov rdi,r13
 * check: mov rax,rdi; imul rax,rdx; scasq; jne end; cmp rdi,r14; jb check
 *        xor ebx,ebx
 * end:   exit(ebx)
 * ```
 */
const INSTRUCTIONS =
  '585b5e4531e40fb60648ffc683e83078094d6be40a4901c4ebec49c1e414b80900000031ff4c89e6ba0300000041ba220000004983c8ff4531c90f05' +
  'bb010000004885c0785e4989c54e8d34204c89efc607004881c7001000004c39f772f1ffc34c89ef4c89e148c1e90331c0f348af753248ba157c4a7f' +
  'b979379e4c89ef4889f8480fafc248ab4c39f772f2ffc34c89ef4889f8480fafc248af75074c39f772f031db89dfb83c0000000f05';

/** `fill-memory MIB`, for x86-64 guests: demands memory that is zero, fills it, verifies it, and gives it back. */
export const FILL_MEMORY: CpioEntry = {
  path: 'bin/fill-memory',
  mode: PROGRAM_MODE,
  contents: staticProgram(Buffer.from(INSTRUCTIONS, 'hex')),
};

/** An ELF program of one segment that needs no library. */
function staticProgram(instructions: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEADER_BYTES + PROGRAM_HEADER_BYTES);
  const length = BigInt(head.length + instructions.length);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(2, 16); // ET_EXEC
  head.writeUInt16LE(62, 18); // EM_X86_64
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(LOAD_ADDRESS + head.length), 24);
  head.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  head.writeUInt16LE(HEADER_BYTES, 52);
  head.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  head.writeUInt16LE(1, 56);
  const program = head.subarray(HEADER_BYTES);
  program.writeUInt32LE(1, 0); // PT_LOAD
  program.writeUInt32LE(5, 4); // readable and executable
  program.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 16);
  program.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 24);
  program.writeBigUInt64LE(length, 32);
  program.writeBigUInt64LE(length, 40);
  program.writeBigUInt64LE(4096n, 48);
  return Buffer.concat([head, instructions]);
}
