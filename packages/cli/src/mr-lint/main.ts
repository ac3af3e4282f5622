import { type CommandLine, readCommandLine } from '../shared/command-line.js';
import { ExitStatus } from '../shared/exit-status.js';
import { jobsOf } from '../shared/many/jobs.js';
import { type PageReading, toPageReading } from '../shared/page-reading.js';
import { printable } from '../shared/printable.js';
import { type Terminal, textColumns } from '../shared/terminal.js';
import { UsageError } from '../shared/usage-error.js';
import type { DeepRunThreads } from './deep-run-threads.js';
import { toInvocation } from './invocation.js';
import { allOptions, USAGE } from './options.js';
import { runLint } from './run.js';

/**
 * The whole of `mr-lint` but the process: takes the arguments (without node and script), prints, and returns the exit
 * status. What few runs need is loaded where they do.
 *
 * @param signal Aborts the run.
 */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitStatus> {
  try {
    return await dispatch(readCommandLine(argv, allOptions), terminal, signal);
  } catch (error) {
    if (signal.aborted) return ExitStatus.interrupted;
    const text =
      error instanceof UsageError
        ? `${printable(error.message)}\n${USAGE}\nTry 'mr-lint --help' for the options.`
        : (await import('../shared/file-fault.js')).toFileFault(error).message;
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
  if (line.flags.has('version')) {
    const { packageVersion } = await import('../shared/package-version.js');
    stdout.write(`${packageVersion()}\n`);
    return ExitStatus.ok;
  }
  const reading = toPageReading(line);
  // Where several files are checked at a time, each has one thread.
  const isAlone = jobsOf(line) === 1;
  const scanners = reading && isAlone ? await startScanners(reading, line, terminal, signal) : undefined;
  try {
    const invocation = toInvocation(line);
    if (invocation.kind === 'lint') {
      return await runLint(invocation, terminal, signal, scanners);
    }
    const { explanationText, ruleJson, ruleTable } = await import('./rule-texts.js');
    if (invocation.kind === 'explain') stdout.write(explanationText(invocation.ruleId, columns));
    else stdout.write(invocation.format === 'json' ? ruleJson() : ruleTable());
    return ExitStatus.ok;
  } finally {
    await scanners?.close();
  }
}

/** Starts the threads for the first file of a deep run: they come up while the rules are loaded. */
async function startScanners(
  reading: PageReading,
  { paths: [path] }: CommandLine,
  { stderr }: Terminal,
  signal: AbortSignal,
): Promise<DeepRunThreads> {
  const { DeepRunThreads } = await import('./deep-run-threads.js');
  const scanners = new DeepRunThreads(reading, stderr, signal);
  if (path !== undefined) await scanners.start(path);
  return scanners;
}
