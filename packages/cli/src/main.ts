import { type CommandLine, readCommandLine } from './command-line.js';
import { ExitStatus } from './exit-status.js';
import { printable } from './printable.js';
import { type Terminal, textColumns } from './terminal.js';
import { USAGE, UsageError } from './usage-error.js';

/**
 * The whole of `mr-lint` but the process: takes the arguments (without node and script), prints, and returns the exit
 * status. What a run does not need is not loaded.
 *
 * @param signal Aborts the run.
 */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  try {
    return await dispatch(readCommandLine(argv), terminal, signal);
  } catch (error) {
    if (signal.aborted) return ExitStatus.interrupted;
    const text =
      error instanceof UsageError
        ? `${printable(error.message)}\n${USAGE}\nTry 'mr-lint --help' for the options.`
        : `a fault of mr-lint itself, please report it: ${error instanceof Error ? error.stack : error}`;
    terminal.stderr.write(`mr-lint: ${text}\n`);
    return ExitStatus.unusable;
  }
}

async function dispatch(line: CommandLine, terminal: Terminal, signal: AbortSignal): Promise<ExitStatus> {
  const { stdout } = terminal;
  const columns = textColumns(stdout);
  if (line.flags.has('help')) {
    const { helpText } = await import('./help.js');
    stdout.write(helpText(columns));
    return ExitStatus.ok;
  }
  const { packageVersion } = await import('./package-version.js');
  if (line.flags.has('version')) {
    stdout.write(`${packageVersion}\n`);
    return ExitStatus.ok;
  }
  const { toInvocation } = await import('./invocation.js');
  const invocation = toInvocation(line);
  if (invocation.kind === 'lint') {
    const { runLint } = await import('./run.js');
    return runLint(invocation, terminal, packageVersion, signal);
  }
  const { explanationText, ruleJson, ruleTable } = await import('./rule-texts.js');
  if (invocation.kind === 'explain') stdout.write(explanationText(invocation.ruleId, columns));
  else stdout.write(invocation.format === 'json' ? ruleJson() : ruleTable());
  return ExitStatus.ok;
}
