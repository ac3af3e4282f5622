import { type LintProgress, newestQemuVersion, qemuVersionOf } from '@mapped-ram/lint';
import { colourPaint, plainPaint, wantsColour } from '../shared/colour.js';
import { ExitStatus } from '../shared/exit-status.js';
import { sourceOpener } from '../shared/open-source.js';
import { printable } from '../shared/printable.js';
import { ProgressLine } from '../shared/progress-line.js';
import { formatCount } from '../shared/quantities.js';
import { type Terminal, textColumns } from '../shared/terminal.js';
import type { DeepRunThreads } from './deep-run-threads.js';
import { type FileResult, isReport } from './file-result.js';
import type { LintInvocation } from './invocation.js';
import { lintFile } from './lint-file.js';
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
async function* resultsOf(
  { paths, recursive, jobs, snapshot, options }: LintInvocation,
  { stderr }: Terminal,
  signal: AbortSignal,
  scanners: DeepRunThreads | undefined,
): AsyncGenerator<FileResult, void, undefined> {
  let passedOver = 0;
  const files = recursive ? filesIn(paths, () => passedOver++) : named(paths);
  if (jobs > 1) {
    const { LintPool } = await import('./many/lint-pool.js');
    const pool = new LintPool(jobs, { options, snapshot });
    try {
      yield* pool.results(files, signal);
    } finally {
      await pool.close();
    }
  } else {
    const openSource = sourceOpener(snapshot);
    for await (const path of files) {
      const progress = stderr.isTTY ? new ProgressLine(stderr, path) : undefined;
      try {
        const onProgress = ({ doneBytes, totalBytes }: LintProgress) =>
          progress?.update(doneBytes, totalBytes);
        const result = await lintFile(path, { ...options, signal, onProgress }, scanners, openSource);
        progress?.clear();
        yield result;
      } finally {
        progress?.clear();
      }
    }
  }
  if (passedOver > 0) stderr.write(`mr-lint: ${formatCount(passedOver, 'other file')} passed over\n`);
}

async function* named(paths: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* paths;
}

async function* filesIn(
  paths: readonly string[],
  onPassedOver: () => void,
): AsyncGenerator<string, void, undefined> {
  const { findFiles } = await import('./many/find-files.js');
  yield* findFiles(paths, onPassedOver);
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
