import { FdsetError } from '@mapped-ram/fdset';
import { MappedRamError } from '@mapped-ram/format';
import { MigrateError } from '@mapped-ram/migrate';
import { type QmpClient, QmpError, QmpTimeoutError } from '@mapped-ram/qmp';
import { ExitStatus } from '../../shared/exit-status.js';
import { toFileFault } from '../../shared/file-fault.js';
import { printable, printableJson } from '../../shared/printable.js';
import type { CommandContext } from '../command.js';
import { type Progress, withProgress } from '../progress.js';
import { failureStatus, type TransformResult } from '../run-transform.js';
import { findingLines } from './finding-text.js';
import { withQmp } from './qmp-socket.js';

/** A command that has QEMU do something with a file. */
export interface QemuRequest {
  readonly socket: string;
  readonly path: string;
  /** Whether to report as JSON. */
  readonly json: boolean;
}

/** Why it was not done. */
interface Failure {
  readonly status: ExitStatus;
  /** For people; may hold what stands in the file or comes from QEMU. */
  readonly lines: readonly string[];
  /** The member `error` of the JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Connects to QEMU and has it do something with a file, with progress on standard error, and reports on standard output. What keeps it
 * from being done goes to standard error, with `json` to standard output too.
 *
 * @throws FileError where there is no connection; the signal's reason, when aborted
 */
export async function runWithQemu(
  { socket, path, json }: QemuRequest,
  { program, terminal, signal }: CommandContext,
  work: (qmp: QmpClient, onProgress: (progress: Progress) => void) => Promise<TransformResult>,
): Promise<ExitStatus> {
  const head = { version: 1, command: program, qmp: socket, file: path };
  try {
    const result = await withQmp(socket, (qmp) =>
      withProgress(terminal, path, (onProgress) => work(qmp, onProgress)),
    );
    const text = json ? printableJson({ ...head, ...result.json }) : textOf(result.lines);
    terminal.stdout.write(text);
    return ExitStatus.ok;
  } catch (error) {
    const failure = signal.aborted ? undefined : failureOf(error, path);
    if (failure === undefined) throw error;
    terminal.stderr.write(`${program}: ${textOf(failure.lines)}`);
    if (json) terminal.stdout.write(printableJson({ ...head, error: failure.json }));
    return failure.status;
  }
}

/** Undefined for what is a fault of the program. */
function failureOf(error: unknown, path: string): Failure | undefined {
  if (error instanceof MigrateError) {
    const { code, message, findings } = error;
    const lines =
      findings.length === 0
        ? [`${path}: ${message}`]
        : [`${path}: QEMU was not asked, since it would go wrong`, ...findings.flatMap(findingLines)];
    return { status: ExitStatus.errorsFound, lines, json: { code, message, findings } };
  }
  if (error instanceof MappedRamError) {
    const { message, ...fault } = toFileFault(error);
    // What is lost by it differs, and the path is part of the words.
    const words = error.code === 'target-exists' ? `${message}; --force replaces it` : `${path}: ${message}`;
    return { status: failureStatus(error), lines: [words], json: { ...fault, message: words } };
  }
  if (error instanceof QmpError || error instanceof QmpTimeoutError) {
    const { message } = error;
    const json = { code: 'qmp', message };
    return { status: ExitStatus.errorsFound, lines: [`${path}: QEMU: ${message}`], json };
  }
  if (error instanceof FdsetError) {
    const { code, message } = error;
    return { status: ExitStatus.unusable, lines: [message], json: { code, message } };
  }
  return undefined;
}

function textOf(lines: readonly string[]): string {
  return `${lines.map(printable).join('\n')}\n`;
}
