import { readCommandLine } from '../shared/command-line.js';
import { ExitStatus } from '../shared/exit-status.js';
import { toFileFault } from '../shared/file-fault.js';
import { helpPage, helpTable } from '../shared/help-page.js';
import { didYouMean } from '../shared/nearest.js';
import type { OptionGroup } from '../shared/option-spec.js';
import { packageVersion } from '../shared/package-version.js';
import { printable } from '../shared/printable.js';
import { type Terminal, textColumns } from '../shared/terminal.js';
import { UsageError } from '../shared/usage-error.js';
import { wrap } from '../shared/wrap.js';
import type { Command } from './command.js';
import { errorText, FileError } from './file-error.js';
import { type CommandEntry, commands } from './registry.js';

const USAGE = 'usage: mr COMMAND [options] ...';

const HELP_GROUP: OptionGroup = {
  title: 'About the command',
  options: [{ name: 'help', short: 'h', help: 'Print this text.' }],
};

/**
 * The whole of `mr` but the process: takes the arguments (without node and script), prints, and returns the exit status.
 *
 * @param signal Aborts the run.
 */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const [name = '', ...rest] = argv;
  const entry = commands.find((command) => command.name === name);
  if (entry !== undefined) return runCommand(entry, rest, terminal, signal);
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.stdout.write(overview(textColumns(terminal.stdout)));
    return ExitStatus.ok;
  }
  if (name === '--version' || name === '-V') {
    terminal.stdout.write(`${packageVersion}\n`);
    return ExitStatus.ok;
  }
  const names = commands.map((command) => command.name);
  const fault = name === '' ? 'no command given' : `there is no command ${name}${didYouMean(name, names)}`;
  terminal.stderr.write(`mr: ${printable(fault)}\n${USAGE}\nTry 'mr --help' for the commands.\n`);
  return ExitStatus.unusable;
}

async function runCommand(
  entry: CommandEntry,
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const program = `mr ${entry.name}`;
  const command = await entry.load();
  try {
    const groups = [...command.optionGroups, HELP_GROUP];
    const line = readCommandLine(
      argv,
      groups.flatMap(({ options }) => options),
    );
    if (!line.flags.has('help')) return await command.run(line, { program, terminal, signal });
    terminal.stdout.write(commandHelp(program, command, groups, textColumns(terminal.stdout)));
    return ExitStatus.ok;
  } catch (error) {
    if (signal.aborted) return ExitStatus.interrupted;
    terminal.stderr.write(`${program}: ${describeFault(error, program, command)}\n`);
    return ExitStatus.unusable;
  }
}

function describeFault(error: unknown, program: string, command: Command): string {
  if (error instanceof UsageError) {
    const usage = usageOf(program, command);
    return `${printable(error.message)}\n${usage}\nTry '${program} --help' for the options.`;
  }
  if (error instanceof FileError) return errorText(error);
  // Of a fault of the program itself the lines of its stack are wanted.
  return toFileFault(error).message.split('\n').map(printable).join('\n');
}

function usageOf(program: string, command: Command): string {
  return `usage: ${program} ${command.arguments}`;
}

function commandHelp(
  program: string,
  command: Command,
  optionGroups: readonly OptionGroup[],
  columns: number,
): string {
  const { description, exitStatus, examples } = command;
  const usage = usageOf(program, command);
  return helpPage({ usage, description, optionGroups, exitStatus, examples }, columns);
}

function overview(columns: number): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  const lines = [
    USAGE,
    '',
    ...wrap(
      'Works with the mapped-ram snapshots of QEMU: looks into them and changes them, without QEMU, and has QEMU save and restore.',
      columns,
    ),
    '',
    'Commands:',
    ...helpTable(rows, columns),
    '',
    ...wrap(
      "'mr COMMAND --help' tells all about a command; mr-lint tells whether QEMU restores a file.",
      columns,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
