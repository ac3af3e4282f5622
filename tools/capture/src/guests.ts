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
 * until the switch is set. Then it makes every second of these pages zero, or all of them, and from there on only counts at
 * 0x502, in the switch's own page: so that page is written by the guest too, and the switch that the host set is saved with it.
 */
export function dirtyingFirmware(zeroed: 'half' | 'all' = 'half'): Uint8Array {
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
    [0x05, 0x00, zeroed === 'half' ? 0x02 : 0x01], // 37  add ax, 0x200 or 0x100
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
