/** What the programs of this project share: commands, their options and help, and their exit status. */
export type { Command, CommandContext, CommandEntry } from './shared/command.js';
export type { CommandLine } from './shared/command-line.js';
export { type CommandProgram, runCommandProgram } from './shared/command-program.js';
export { ExitStatus } from './shared/exit-status.js';
export type { OptionSpec } from './shared/option-spec.js';
export { lastValue, oneOf } from './shared/option-values.js';
export { startProgram } from './shared/start-program.js';
export type { Terminal } from './shared/terminal.js';
export { UsageError } from './shared/usage-error.js';
