const BINARY_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `640 bytes`, `128 MiB`, `1.5 GiB`: three digits are enough for people. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return formatCount(bytes, 'byte');
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${BINARY_UNITS[unit]}`;
}

/** Before every third digit from the end. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** `32,768`, of a whole number. What Node has for it takes longer to load than a small file to check. */
export function formatNumber(value: number): string {
  return String(value).replace(THOUSANDS, ',');
}

/** `1 error`, `2 errors`, `no errors` */
export function formatCount(count: number, noun: string): string {
  return `${count === 0 ? 'no' : formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `0x1000` */
export function formatOffset(byteOffset: number): string {
  return `0x${byteOffset.toString(16)}`;
}
