/** What a row of a generated table says, as it stands there: one text for each release that was measured and has it. */
export interface TableRow<Version extends string> {
  readonly name: string;
  readonly values: ReadonlyMap<Version, string>;
}

/**
 * Reads a generated table: a row a line, a name, then one value for all releases or `10.0=VALUE` for each that has one.
 */
export function parseTable<Version extends string>(
  text: string,
  versions: readonly Version[],
): readonly TableRow<Version>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((row) => parseRow(row, versions));
}

function parseRow<Version extends string>(row: string, versions: readonly Version[]): TableRow<Version> {
  const [name = '', ...cells] = row.split(' ');
  const values = new Map<Version, string>();
  for (const cell of cells) {
    const [before = '', after] = cell.split('=');
    const named = versions.filter((version) => after === undefined || version === before);
    for (const version of named) values.set(version, after ?? before);
  }
  return { name, values };
}

/**
 * Looks rows of a generated table up by their names, and reads no others: a program that asks for a few waits for no more.
 *
 * @param text With a line feed before each row, and behind the last.
 * @param decode Makes of a row what is asked for.
 * @returns undefined for a name that is not in the table
 */
export function lookUp<Version extends string, T>(
  text: string,
  versions: readonly Version[],
  decode: (row: TableRow<Version>) => T,
): (name: string) => T | undefined {
  const known = new Map<string, T | undefined>();
  return (name) => {
    // What has a space or a line feed in it is no name, though it may be in the text.
    if (known.has(name) || /\s/.test(name)) return known.get(name);
    const start = text.indexOf(`\n${name} `) + 1;
    const row = start === 0 ? undefined : text.slice(start, text.indexOf('\n', start));
    const found = row === undefined ? undefined : decode(parseRow(row, versions));
    known.set(name, found);
    return found;
  };
}

/** Computes once, at the first call. */
export function lazily<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
