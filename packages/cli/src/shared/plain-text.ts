const PLAIN = /^[ -~]*$/;

/** Whether a text is in printable ASCII, as nearly all are: looking for anything else takes tables of Unicode, a millisecond to load. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
