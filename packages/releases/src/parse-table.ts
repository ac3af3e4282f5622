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
    .map((row) => {
      const [name = '', ...cells] = row.split(' ');
      const values = new Map<Version, string>();
      for (const cell of cells) {
        const [before = '', after] = cell.split('=');
        const named = versions.filter((version) => after === undefined || version === before);
        for (const version of named) values.set(version, after ?? before);
      }
      return { name, values };
    });
}

/** Computes once, at the first call. */
export function lazily<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
