import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import type { AddressEncoding } from './decode-addresses.js';
import {
  type KallsymsPlaces,
  type KallsymsTables,
  MAX_SYMBOLS,
  NAMES_PER_MARKER,
  TOKENS,
} from './kallsyms-layout.js';
import { scanKallsyms } from './scan-kallsyms.js';

/** All compressed names and the markers behind them; some 3 MB are usual. */
const MAX_NAMES_BYTES = 64 * 1024 * 1024;

const MARKER_BYTES = 4;

/** Tokens are parts of names. */
const MAX_TOKEN_TABLE_BYTES = 16 * 1024;
const MAX_TOKEN_BYTES = 256;

const WHAT = 'the table of the kernel’s symbols (kallsyms)';

/**
 * Finds the tables: VMCOREINFO tells where they are since Linux 6.0; before, they are looked for in the kernel's image.
 *
 * @throws MappedRamError `unsupported` where there are none.
 */
export async function findKallsyms(guest: LinuxGuest): Promise<KallsymsPlaces> {
  const { info, memory } = guest;
  if (!info.has('SYMBOL(kallsyms_names)')) return scanKallsyms(guest);
  const count = await memory.u32(info.symbol('kallsyms_num_syms'), WHAT);
  const encodings: AddressEncoding[] = [];
  if (info.has('SYMBOL(kallsyms_offsets)')) {
    const table = info.symbol('kallsyms_offsets');
    if (info.has('SYMBOL(kallsyms_relative_base)')) {
      const base = await memory.u64(info.symbol('kallsyms_relative_base'), WHAT);
      encodings.push({ kind: 'base-relative', table, base }, { kind: 'absolute-percpu', table, base });
    }
    encodings.push({ kind: 'place-relative', table });
  } else encodings.push({ kind: 'absolute', table: info.symbol('kallsyms_addresses') });
  return {
    count,
    names: info.symbol('kallsyms_names'),
    tokenTable: info.symbol('kallsyms_token_table'),
    tokenIndex: info.symbol('kallsyms_token_index'),
    encodings,
  };
}

/** Reads the tables. @throws MappedRamError `unsupported` where they cannot be; as reading pages does */
export async function readKallsyms(
  { memory }: LinuxGuest,
  { count, names, tokenTable, tokenIndex }: KallsymsPlaces,
): Promise<KallsymsTables> {
  // Between names and tokens are the markers.
  const namesBytes = Number(tokenTable - names) - MARKER_BYTES * Math.ceil(count / NAMES_PER_MARKER);
  if (count < 1 || count > MAX_SYMBOLS || namesBytes < count || namesBytes > MAX_NAMES_BYTES) {
    throw new MappedRamError('unsupported', {
      what: 'the guest’s table of symbols has a size that cannot be',
      actual: `${count} symbols in ${namesBytes} bytes`,
    });
  }
  const index = await memory.read(tokenIndex, 2 * TOKENS, WHAT);
  const starts = Uint16Array.from({ length: TOKENS }, (_, token) => index.getUint16(token * 2, true));
  const last = starts[TOKENS - 1] as number;
  if (
    last > MAX_TOKEN_TABLE_BYTES ||
    starts.some((start, token) => token > 0 && start <= (starts[token - 1] as number))
  ) {
    throw new MappedRamError('unsupported', { what: 'the guest’s table of symbols has no tokens of names' });
  }
  // The last token ends at a NUL; behind it, aligned, is the index, or at least as much memory.
  return {
    count,
    names: bytesOf(await memory.read(names, namesBytes, WHAT)),
    tokenTable: bytesOf(await memory.read(tokenTable, last + MAX_TOKEN_BYTES, WHAT)),
    tokenIndex: starts,
  };
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
