import { type LintProgress, newestQemuVersion, qemuVersionOf } from '@mapped-ram/lint';
import { colourPaint, plainPaint, wantsColour } from '../shared/colour.js';
import { ExitStatus } from '../shared/exit-status.js';
import { sourceOpener } from '../shared/open-source.js';
import { printable } from '../shared/printable.js';
import { ProgressLine } from '../shared/progress-line.js';
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
  { paths, format, quiet, snapshot, options }: LintInvocation,
  { stdout, stderr, env }: Terminal,
  signal: AbortSignal,
  scanners?: DeepRunThreads,
): Promise<ExitStatus> {
  const { multifd = false, deep = false } = options;
  const qemu = qemuVersionOf(options.qemu ?? newestQemuVersion);
  const paint = wantsColour(stdout, env) ? colourPaint : plainPaint;
  const style = { paint, columns: textColumns(stdout) };
  const output = await createOutput(format, { qemu, multifd, deep, quiet }, style);

  const openSource = sourceOpener(snapshot);
  let status: ExitStatus = ExitStatus.ok;
  for (const path of paths) {
    // Nobody reads on, as in `mr-lint *.mr | head -1`.
    if (stdout.errored) break;
    const progress = stderr.isTTY ? new ProgressLine(stderr, path) : undefined;
    let result: FileResult;
    try {
      const onProgress = ({ doneBytes, totalBytes }: LintProgress) => progress?.update(doneBytes, totalBytes);
      result = await lintFile(path, { ...options, signal, onProgress }, scanners, openSource);
    } finally {
      progress?.clear();
    }
    if (!isReport(result)) stderr.write(`mr-lint: ${printable(path)}: ${printable(result.error.message)}\n`);
    stdout.write(output.file(quiet ? onlyErrors(result) : result));
    status = worse(status, statusOf(result));
  }
  stdout.write(output.end());
  return status;
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
