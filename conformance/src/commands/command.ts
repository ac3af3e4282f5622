/** A subcommand of `conformance`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Does the work and gives the exit status: 0 well, 1 something failed. */
  run(args: readonly string[]): Promise<number>;
}
