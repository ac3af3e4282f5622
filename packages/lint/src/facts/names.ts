/** What QEMU takes of a name: C strings end at the first NUL. */
export function cString(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Whether a name consists of printable ASCII only, as all real ones do. */
export function isPrintable(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** A name for a message: quoted, what is not printable escaped, and not endless. */
export function quoteName(text: string): string {
  const quoted = JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return quoted.length <= 80 ? quoted : `${quoted.slice(0, 76)}..."`;
}
