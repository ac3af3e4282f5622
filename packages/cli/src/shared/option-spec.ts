/** An option of a command: how it is read, and how the help shows it. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help; absent where it takes none. */
  readonly value?: string;
  readonly repeatable?: boolean;
  /** One sentence for the help. */
  readonly help: string;
}

/** Options that belong together, under one heading of the help. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionSpec[];
}
