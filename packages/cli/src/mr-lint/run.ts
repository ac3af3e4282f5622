import { type LintProgress, newestQemuVersion, qemuVersionOf } from '@mapped-ram/lint';
import { colourPaint, plainPaint, wantsColour } from '../shared/colour.js';
import { ExitStatus } from '../shared/exit-status.js';
import { type OnFileProgress, resultsOfFiles } from '../shared/many/results-of-files.js';
import { sourceOpener } from '../shared/open-source.js';
import { printable } from '../shared/printable.js';
import { type Terminal, textColumns } from '../shared/terminal.js';
import type { WorkHere } from '../shared/thread-pool.js';
import type { DeepRunThreads } from './deep-run-threads.js';
import { type FileResult, isReport } from './file-result.js';
import type { LintInvocation } from './invocation.js';
import { lintFile } from './lint-file.js';
import type { LintWorkerSetup } from './lint-worker.js';
import { createOutput } from './output/create-output.js';
import { countFindings } from './verdict-line.js';

/**
 * Checks the files in their order and prints what was found. A file that cannot be read does not keep the others from
 * being checked. Ends early when standard output is closed.
 *
 * @param scanners In a deep run.
 * @throws The signal's reason, when aborted.
 */
export async function runLint(
  invocation: LintInvocation,
  terminal: Terminal,
  signal: AbortSignal,
  scanners?: DeepRunThreads,
): Promise<ExitStatus> {
  const { format, quiet, options } = invocation;
  const { stdout, stderr, env } = terminal;
  const { multifd = false, deep = false } = options;
  const qemu = qemuVersionOf(options.qemu ?? newestQemuVersion);
  const paint = wantsColour(stdout, env) ? colourPaint : plainPaint;
  const style = { paint, columns: textColumns(stdout) };
  const output = await createOutput(format, { qemu, multifd, deep, quiet }, style);

  let status: ExitStatus = ExitStatus.ok;
  for await (const result of resultsOf(invocation, terminal, signal, scanners)) {
    const { path } = result;
    if (!isReport(result)) stderr.write(`mr-lint: ${printable(path)}: ${printable(result.error.message)}\n`);
    stdout.write(output.file(quiet ? onlyErrors(result) : result));
    status = worse(status, statusOf(result));
    // Nobody reads on, as in `mr-lint *.mr | head -1`.
    if (stdout.errored) break;
  }
  stdout.write(output.end());
  return status;
}

/** What comes of the files, in their order. */
function resultsOf(
  { paths, recursive, jobs, snapshot, options }: LintInvocation,
  terminal: Terminal,
  signal: AbortSignal,
  scanners: DeepRunThreads | undefined,
): AsyncGenerator<FileResult, void, undefined> {
  // One who waits at a terminal can end a read that hangs.
  const openSource = sourceOpener(snapshot, { blocking: terminal.stderr.isTTY !== true });
  const work = (path: string, ending: AbortSignal, onFileProgress: OnFileProgress) => {
    const onProgress = ({ doneBytes, totalBytes }: LintProgress) => onFileProgress(doneBytes, totalBytes);
    return lintFile(path, { ...options, signal: ending, onProgress }, scanners, openSource);
  };
  const startPool = async (count: number, workHere: WorkHere<string, FileResult>) => {
    const { startFilePool } = await import('../shared/many/start-file-pool.js');
    const setup: LintWorkerSetup = { options, snapshot };
    return startFilePool(count, workHere, new URL('./lint-worker.js', import.meta.url), setup);
  };
  return resultsOfFiles({ program: 'mr-lint', paths, recursive, jobs, work, startPool }, terminal, signal);
}

function onlyErrors(result: FileResult): FileResult {
  if (!isReport(result)) return result;
  return { ...result, findings: result.findings.filter(({ severity }) => severity === 'error') };
}

function statusOf(result: FileResult): ExitStatus {
  if (!isReport(result)) return ExitStatus.unusable;
  const isGood = result.verdict === 'restores' && countFindings(result).error === 0;
  return isGood ? ExitStatus.ok : ExitStatus.errorsFound;
}

function worse(a: ExitStatus, b: ExitStatus): ExitStatus {
  return a > b ? a : b;
}
