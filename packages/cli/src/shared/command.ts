import type { CommandLine } from './command-line.js';
import type { ExitStatus } from './exit-status.js';
import type { HelpTable } from './help-page.js';
import type { OptionGroup } from './option-spec.js';
import type { Terminal } from './terminal.js';

/** What a command may use of the world outside. */
export interface CommandContext {
  /** `mr copy`: what its messages begin with. */
  readonly program: string;
  readonly terminal: Terminal;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** A command of a program that has several. */
export interface Command {
  /** What comes behind its name: `[options] IN OUT`. */
  readonly arguments: string;
  /** One paragraph for its help. */
  readonly description: string;
  /** All options but `--help`, which every command has. */
  readonly optionGroups: readonly OptionGroup[];
  readonly exitStatus: HelpTable;
  readonly examples: HelpTable;
  /**
   * Does what the command line asks for.
   *
   * @throws UsageError; MappedRamError where a file cannot be used; the signal's reason, when aborted.
   */
  run(line: CommandLine, context: CommandContext): Promise<ExitStatus>;
}

/** A command, loaded only when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the help of the program. */
  readonly summary: string;
  load(): Promise<Command>;
}
