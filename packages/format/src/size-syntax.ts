const BYTES_BY_SUFFIX: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
  p: 1n << 50n,
  e: 1n << 60n,
};

const HEXADECIMAL = /^\+?0x([0-9a-f]+)$/i;
const DECIMAL = /^\+?(\d*)(?:\.(\d*))?([bkmgtpe]?)$/i;

/**
 * Reads a size as QEMU's command line and `file:PATH,offset=` do: `4096`, `0x1000`, `4k`, `1M`, `1.5k`. Suffixes are
 * b, k, m, g, t, p and e in either case, powers of 1024; a fraction needs one; a hexadecimal number takes none.
 * Mirrors `qemu_strtosz` (QEMU 9.0 to 11.1, util/cutils.c; 10.0 and 11.1 were run), which also skips white space in front.
 *
 * @returns Bytes, a fraction of a byte rounded half up.
 * @throws RangeError where the text is not a size, or is one above 2^53 - 1.
 */
export function parseSize(text: string): number {
  const bytes = sizeInBytes(text.replace(/^[ \t\n\v\f\r]+/, ''));
  if (bytes === undefined) throw new RangeError(`not a size: ${JSON.stringify(text)}`);
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError(`size above 2^53 - 1: ${JSON.stringify(text)}`);
  return Number(bytes);
}

function sizeInBytes(text: string): bigint | undefined {
  const hexadecimal = HEXADECIMAL.exec(text)?.[1];
  if (hexadecimal !== undefined) return BigInt(`0x${hexadecimal}`);

  const [whole = '', fraction = '', suffix = ''] = DECIMAL.exec(text)?.slice(1) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const unit = BYTES_BY_SUFFIX[suffix.toLowerCase()] ?? 1n;
  const numerator = BigInt(`0${fraction}`) * unit;
  if (unit === 1n && numerator !== 0n) return undefined;
  const denominator = 10n ** BigInt(fraction.length);
  return BigInt(`0${whole}`) * unit + (2n * numerator + denominator) / (2n * denominator);
}
