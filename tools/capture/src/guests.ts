/** Where the processor begins, in a firmware of 64 KiB. */
const RESET_OFFSET = 0xfff0;

/** A 64 KiB firmware for a guest that runs and does nothing: `jmp` to itself. */
export function idlingFirmware(): Uint8Array {
  const firmware = new Uint8Array(64 * 1024);
  firmware.set([0xeb, 0xfe], RESET_OFFSET);
  return firmware;
}

/** Where the host switches the guest: a byte of guest memory, 0 while the guest is to write on. */
export const GUEST_SWITCH_ADDRESS = 0x500;

/**
 * A 64 KiB firmware, assembled by hand, that writes a counter into each of the 128 pages from 0x10000 to 0x8ffff, over and over,
 * until the switch is set. Then it makes every second of these pages zero and from there on only counts at 0x502, in the
 * switch's own page: so that page is written by the guest too, and the switch that the host set is saved with it.
 */
export function dirtyingFirmware(): Uint8Array {
  const program = [
    [0x31, 0xc0], //                                  00  xor ax, ax
    [0x8e, 0xd8], //                                  02  mov ds, ax
    [0x31, 0xd2], //                                  04  xor dx, dx
    [0xc6, 0x06, 0x00, 0x05, 0x00], //                06  mov byte [0x500], 0
    [0x42], //                                        0b  again: inc dx
    [0x89, 0x16, 0x02, 0x05], //                      0c  mov [0x502], dx
    [0xb8, 0x00, 0x10], //                            10  mov ax, 0x1000
    [0x8e, 0xc0], //                                  13  page: mov es, ax
    [0x80, 0x3e, 0x00, 0x05, 0x00], //                15  cmp byte [0x500], 0
    [0x75, 0x0f], //                                  1a  jne quiet
    [0x26, 0x89, 0x16, 0x00, 0x00], //                1c  mov es:[0], dx
    [0x05, 0x00, 0x01], //                            21  add ax, 0x100
    [0x3d, 0x00, 0x90], //                            24  cmp ax, 0x9000
    [0x72, 0xea], //                                  27  jb page
    [0xeb, 0xe0], //                                  29  jmp again
    [0xb8, 0x00, 0x10], //                            2b  quiet: mov ax, 0x1000
    [0x8e, 0xc0], //                                  2e  zero: mov es, ax
    [0x26, 0xc7, 0x06, 0x00, 0x00, 0x00, 0x00], //    30  mov word es:[0], 0
    [0x05, 0x00, 0x02], //                            37  add ax, 0x200
    [0x3d, 0x00, 0x90], //                            3a  cmp ax, 0x9000
    [0x72, 0xef], //                                  3d  jb zero
    [0x42], //                                        3f  idle: inc dx
    [0x89, 0x16, 0x02, 0x05], //                      40  mov [0x502], dx
    [0xf3, 0x90], //                                  44  pause
    [0xeb, 0xf7], //                                  46  jmp idle
  ];
  const firmware = new Uint8Array(64 * 1024);
  firmware.set(program.flat());
  firmware.set([0xe9, 0x0d, 0x00], RESET_OFFSET); // jmp 0
  return firmware;
}

/**
 * A firmware like {@link dirtyingFirmware}, for the 128 pages from 0x3c0000 to 0x43ffff, all of which it makes zero in the end. It gets
 * there in real mode with a segment that reaches everywhere. It has the processor forget its address translations before it writes:
 * for writes that go by one from before a round, QEMU's emulation (10.0 to 11.1, system/physmem.c, `tlb_reset_dirty_range_all`) looks
 * at the wrong memory where it is not the machine's first block, and the round leaves them out.
 */
export function emptyingFirmware(): Uint8Array {
  const forgetTranslations = [
    [0x0f, 0x20, 0xc0], //                            mov eax, cr0
    [0x66, 0x35, 0x00, 0x00, 0x01, 0x00], //          xor eax, 0x10000 (WP)
    [0x0f, 0x22, 0xc0], //                            mov cr0, eax
  ].flat();
  const program = [
    [0x31, 0xc0], //                                  00  xor ax, ax
    [0x8e, 0xd8], //                                  02  mov ds, ax
    [0x66, 0x2e, 0x0f, 0x01, 0x16, 0xa0, 0x00], //    04  lgdt cs:[0xa0]
    [0x0f, 0x20, 0xc0], //                            0b  mov eax, cr0
    [0x0c, 0x01], //                                  0e  or al, 1
    [0x0f, 0x22, 0xc0], //                            10  mov cr0, eax
    [0xbb, 0x08, 0x00], //                            13  mov bx, 8
    [0x8e, 0xe3], //                                  16  mov fs, bx
    [0x24, 0xfe], //                                  18  and al, 0xfe
    [0x0f, 0x22, 0xc0], //                            1a  mov cr0, eax
    [0x31, 0xd2], //                                  1d  xor dx, dx
    [0xc6, 0x06, 0x00, 0x05, 0x00], //                1f  mov byte [0x500], 0
    [0x42], //                                        24  again: inc dx
    [0x89, 0x16, 0x02, 0x05], //                      25  mov [0x502], dx
    forgetTranslations, //                            29
    [0x66, 0xbf, 0x00, 0x00, 0x3c, 0x00], //          35  mov edi, 0x3c0000
    [0x80, 0x3e, 0x00, 0x05, 0x00], //                3b  page: cmp byte [0x500], 0
    [0x75, 0x16], //                                  40  jne quiet
    [0x67, 0x64, 0x89, 0x17], //                      42  mov fs:[edi], dx
    [0x66, 0x81, 0xc7, 0x00, 0x10, 0x00, 0x00], //    46  add edi, 0x1000
    [0x66, 0x81, 0xff, 0x00, 0x00, 0x44, 0x00], //    4d  cmp edi, 0x440000
    [0x72, 0xe5], //                                  54  jb page
    [0xeb, 0xcc], //                                  56  jmp again
    [0x66, 0xbf, 0x00, 0x00, 0x3c, 0x00], //          58  quiet: mov edi, 0x3c0000
    forgetTranslations, //                            5e  zero:
    [0x67, 0x64, 0xc7, 0x07, 0x00, 0x00], //          6a  mov word fs:[edi], 0
    [0x66, 0x81, 0xc7, 0x00, 0x10, 0x00, 0x00], //    70  add edi, 0x1000
    [0x66, 0x81, 0xff, 0x00, 0x00, 0x44, 0x00], //    77  cmp edi, 0x440000
    [0x72, 0xde], //                                  7e  jb zero
    [0x42], //                                        80  idle: inc dx
    [0x89, 0x16, 0x02, 0x05], //                      81  mov [0x502], dx
    [0xf3, 0x90], //                                  85  pause
    [0xeb, 0xf7], //                                  87  jmp idle
  ];
  const firmware = new Uint8Array(64 * 1024);
  firmware.set(program.flat());
  firmware.set([0x0f, 0x00, 0xb0, 0x00, 0xff, 0xff], 0xa0); // the limit and the address of:
  firmware.set([0xff, 0xff, 0x00, 0x00, 0x00, 0x92, 0xcf, 0x00], 0xb8); // a data segment of 4 GiB from 0 on
  firmware.set([0xe9, 0x0d, 0x00], RESET_OFFSET); // jmp 0
  return firmware;
}
