/** What QEMU takes as the key of an option, and what a machine or a type of object is called (QEMU: util/keyval.c). */
const NAME = /^[A-Za-z0-9._-]+$/;

/** The longest name of a machine that QEMU has is below this. */
const LONGEST_MACHINE_NAME = 64;

/**
 * Whether a text can be the name of a machine type, such as `pc-q35-10.0`. All names that QEMU has consist of letters, digits, `.`, `_`
 * and `-` (QEMU 9.0 to 11.1, `-machine help` of every target). In another one, a comma would begin an option of its own.
 */
export function isMachineName(text: string): boolean {
  return NAME.test(text) && text.length <= LONGEST_MACHINE_NAME;
}

/**
 * Writes the value of an option such as `-machine` or `-object` in QEMU's syntax: `first,key=value,...`. Values may hold anything but a NUL: a
 * comma in one is written twice. Mirrors `keyval_parse` and `qemu_opts_parse` (QEMU 9.0 to 11.1, util/keyval.c and util/qemu-option.c).
 *
 * @param first The value whose key goes without saying, or nothing where there is none: a name.
 * @param values By their keys, in this order.
 * @throws RangeError where `first` or a key is no name, or a value cannot be written
 */
export function formatOptions(
  first: string | undefined,
  values: Readonly<Record<string, string | number>>,
): string {
  const parts = Object.entries(values).map(([key, value]) => `${nameOf(key)}=${escapeValue(String(value))}`);
  return [...(first === undefined ? [] : [nameOf(first)]), ...parts].join(',');
}

function nameOf(text: string): string {
  if (NAME.test(text)) return text;
  throw new RangeError(`no name in an option of QEMU: ${JSON.stringify(text)}`);
}

function escapeValue(value: string): string {
  if (value.includes('\0')) throw new RangeError(`a NUL ends an argument: ${JSON.stringify(value)}`);
  return value.replaceAll(',', ',,');
}
