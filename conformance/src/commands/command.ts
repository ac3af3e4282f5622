/** A subcommand of `conformance`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Whether it changes the suite itself, and is of no use in a package that was installed. */
  readonly needsCheckout?: true;
  /** What `--help` prints. */
  readonly help: string;
  /** Does the work and gives the exit status: 0 well, 1 something failed. */
  run(args: readonly string[]): Promise<number>;
}
