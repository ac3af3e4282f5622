/** An offset as people write it: `0x1f000`. Below 0, which no file holds, `-0x1000`. */
export function hex(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** A length in bytes, with the binary unit in addition where it is a round number of it: `65536 bytes (64 KiB)`. */
export function sizeText(bytes: number | bigint): string {
  let value = BigInt(bytes);
  let unit: string | undefined;
  for (const next of UNITS) {
    if (value === 0n || value % 1024n !== 0n) break;
    value /= 1024n;
    unit = next;
  }
  const plain = countText(bytes, 'byte');
  return unit === undefined ? plain : `${plain} (${value} ${unit})`;
}

/** A count with its noun: `1 page`, `5 pages`. */
export function countText(count: number | bigint, noun: string): string {
  return `${count} ${noun}${count === 1 || count === 1n ? '' : 's'}`;
}
