/** What a shell takes literally. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word for a POSIX shell, quoted where the shell would make something else of it. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
