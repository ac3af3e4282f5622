/**
 * How a table of addresses is written (Linux: kernel/kallsyms.c, `kallsyms_sym_address`): `absolute`, as addresses; `base-relative`, as unsigned
 * distances from a base; `absolute-percpu`, so, but those that are not negative are absolute (x86-64 up to 6.14); `place-relative`, as
 * distances from their own place (7.0 and later).
 */
export type AddressEncoding =
  | { readonly kind: 'absolute' | 'place-relative'; readonly table: bigint }
  | { readonly kind: 'base-relative' | 'absolute-percpu'; readonly table: bigint; readonly base: bigint };

/** Bytes of an address in a table. */
export function entryBytes({ kind }: AddressEncoding): number {
  return kind === 'absolute' ? 8 : 4;
}

/** The addresses of a table. @param bytes All of it */
export function decodeAddresses(bytes: Uint8Array, encoding: AddressEncoding): BigUint64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const addresses = new BigUint64Array(Math.floor(bytes.length / entryBytes(encoding)));
  for (let index = 0; index < addresses.length; index++) addresses[index] = addressAt(view, encoding, index);
  return addresses;
}

function addressAt(view: DataView, encoding: AddressEncoding, index: number): bigint {
  if (encoding.kind === 'absolute') return view.getBigUint64(index * 8, true);
  const at = index * 4;
  const signed = BigInt(view.getInt32(at, true));
  switch (encoding.kind) {
    case 'base-relative':
      return encoding.base + BigInt(view.getUint32(at, true));
    case 'absolute-percpu':
      return signed >= 0n ? signed : encoding.base - 1n - signed;
    case 'place-relative':
      return encoding.table + BigInt(at) + signed;
  }
}
