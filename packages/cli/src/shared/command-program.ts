import type { Command, CommandEntry } from './command.js';
import { readCommandLine } from './command-line.js';
import { ExitStatus } from './exit-status.js';
import { toFileFault } from './file-fault.js';
import { helpPage, helpTable } from './help-page.js';
import { didYouMean } from './nearest.js';
import type { OptionGroup } from './option-spec.js';
import { printable } from './printable.js';
import { type Terminal, textColumns } from './terminal.js';
import { UsageError } from './usage-error.js';
import { wrap } from './wrap.js';

/** A program that has several commands, such as `mr`. */
export interface CommandProgram {
  readonly name: string;
  readonly version: string;
  /** One paragraph for its help. */
  readonly description: string;
  /** The last paragraph of its help. */
  readonly closing: string;
  /** In the order of its help. */
  readonly commands: readonly CommandEntry[];
  /**
   * Words an error that ended a command, for a terminal.
   *
   * @returns Undefined of an error that it does not know.
   */
  wordError?(error: unknown): string | undefined;
}

const HELP_GROUP: OptionGroup = {
  title: 'About the command',
  options: [{ name: 'help', short: 'h', help: 'Print this text.' }],
};

/**
 * The whole of a program but the process: takes the arguments (without node and script), prints, and returns the exit status.
 *
 * @param signal Aborts the run.
 */
export async function runCommandProgram(
  program: CommandProgram,
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const [name = '', ...rest] = argv;
  const entry = program.commands.find((command) => command.name === name);
  if (entry !== undefined) return runCommand(program, entry, rest, terminal, signal);
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.stdout.write(overview(program, textColumns(terminal.stdout)));
    return ExitStatus.ok;
  }
  if (name === '--version' || name === '-V') {
    terminal.stdout.write(`${program.version}\n`);
    return ExitStatus.ok;
  }
  const names = program.commands.map((command) => command.name);
  const fault = name === '' ? 'no command given' : `there is no command ${name}${didYouMean(name, names)}`;
  const help = `${usageOf(program)}\nTry '${program.name} --help' for the commands.`;
  terminal.stderr.write(`${program.name}: ${printable(fault)}\n${help}\n`);
  return ExitStatus.unusable;
}

async function runCommand(
  program: CommandProgram,
  entry: CommandEntry,
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const name = `${program.name} ${entry.name}`;
  const command = await entry.load();
  try {
    const groups = [...command.optionGroups, HELP_GROUP];
    const line = readCommandLine(
      argv,
      groups.flatMap(({ options }) => options),
    );
    if (!line.flags.has('help')) return await command.run(line, { program: name, terminal, signal });
    terminal.stdout.write(commandHelp(name, command, groups, textColumns(terminal.stdout)));
    return ExitStatus.ok;
  } catch (error) {
    if (signal.aborted) return ExitStatus.interrupted;
    terminal.stderr.write(`${name}: ${describeFault(error, name, command, program)}\n`);
    return ExitStatus.unusable;
  }
}

function describeFault(error: unknown, name: string, command: Command, program: CommandProgram): string {
  if (error instanceof UsageError) {
    const usage = commandUsage(name, command);
    return `${printable(error.message)}\n${usage}\nTry '${name} --help' for the options.`;
  }
  // Of a fault of the program itself the lines of its stack are wanted.
  return program.wordError?.(error) ?? toFileFault(error).message.split('\n').map(printable).join('\n');
}

function usageOf({ name }: CommandProgram): string {
  return `usage: ${name} COMMAND [options] ...`;
}

function commandUsage(name: string, command: Command): string {
  return `usage: ${name} ${command.arguments}`;
}

function commandHelp(
  name: string,
  command: Command,
  optionGroups: readonly OptionGroup[],
  columns: number,
): string {
  const { description, exitStatus, examples } = command;
  const usage = commandUsage(name, command);
  return helpPage({ usage, description, optionGroups, exitStatus, examples }, columns);
}

function overview(program: CommandProgram, columns: number): string {
  const rows = program.commands.map(({ name, summary }) => [name, summary] as const);
  const lines = [
    usageOf(program),
    '',
    ...wrap(program.description, columns),
    '',
    'Commands:',
    ...helpTable(rows, columns),
    '',
    ...wrap(program.closing, columns),
  ];
  return `${lines.join('\n')}\n`;
}
