import type { XmlElement } from './xml-element.js';

/** Units of memory in bytes (libvirt 11.3 to 12.9, src/util/virutil.c, `virScaleInteger`). */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  byte: 1,
  ...scaled('k', 1),
  ...scaled('m', 2),
  ...scaled('g', 3),
  ...scaled('t', 4),
};

function scaled(letter: string, power: number): Record<string, number> {
  return {
    [letter]: 1024 ** power,
    [`${letter}ib`]: 1024 ** power,
    [`${letter}b`]: 1000 ** power,
  };
}

/** The bytes that an element such as `<memory unit='KiB'>` gives; undefined where that is no number or unit of libvirt's. */
export function memorySizeOf(
  element: Pick<XmlElement, 'text' | 'attributes'> | undefined,
): number | undefined {
  const count = countOf(element?.text);
  const unit = UNITS[(element?.attributes.unit ?? 'KiB').toLowerCase()];
  if (count === undefined || unit === undefined) return undefined;
  const bytes = count * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A count that is the text of an element; undefined where it is none. */
export function countOf(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,15})\s*$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
