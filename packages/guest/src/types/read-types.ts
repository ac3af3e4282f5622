import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import type { KernelSymbols } from '../symbols/kernel-symbols.js';
import { BtfTypes } from './btf.js';

/** Some 6 MB are usual. */
const MAX_BTF_BYTES = 64 * 1024 * 1024;

/**
 * Reads the types that a kernel has of itself, without a debug package (BTF; CONFIG_DEBUG_INFO_BTF, as all large distributions have it).
 *
 * @throws MappedRamError `unsupported` where it has none, or they are not understood; as reading pages does.
 */
export async function readTypes({ memory }: LinuxGuest, symbols: KernelSymbols): Promise<BtfTypes> {
  const start = symbols.find('__start_BTF')?.address;
  const end = symbols.find('__stop_BTF')?.address;
  if (start === undefined || end === undefined || end <= start || end - start > BigInt(MAX_BTF_BYTES)) {
    throw new MappedRamError('unsupported', {
      what: 'the guest’s kernel does not have its types in it (BTF): it was built without CONFIG_DEBUG_INFO_BTF',
    });
  }
  const view = await memory.read(start, Number(end - start), 'the kernel’s types (BTF)');
  return new BtfTypes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

/** A banner has the compiler's and the linker's versions in it. */
const MAX_BANNER_BYTES = 1024;

/**
 * The text that a kernel begins its log with, as it stands in it: with the NUL at its end.
 *
 * @throws MappedRamError `unsupported` where it is not there; as reading pages does.
 */
export async function readBanner({ memory }: LinuxGuest, symbols: KernelSymbols): Promise<Uint8Array> {
  const view = await memory.read(symbols.address('linux_banner'), MAX_BANNER_BYTES, 'the kernel’s banner');
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return bytes.subarray(0, bytes.indexOf(0) + 1);
}
