import type { QmpClient } from '@mapped-ram/qmp';
import type { CommandContext } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { printable, printableJson } from '../../shared/printable.js';
import { type Progress, withProgress } from '../progress.js';
import type { TransformResult } from '../run-transform.js';
import { qemuFault } from './qemu-fault.js';
import { type QmpSocket, withQmp } from './qmp-socket.js';

/** A command that has QEMU do something with a file. */
export interface QemuRequest {
  readonly socket: QmpSocket;
  readonly path: string;
  /** Whether to report as JSON. */
  readonly json: boolean;
}

/**
 * Connects to QEMU and has it do something with a file, with progress on standard error, and reports on standard output. What keeps it
 * from being done goes to standard error, with `json` to standard output too.
 *
 * @throws The signal's reason, when aborted; what is a fault of the program
 */
export async function runWithQemu(
  { socket, path, json }: QemuRequest,
  { program, terminal, signal }: CommandContext,
  work: (qmp: QmpClient, onProgress: (progress: Progress) => void) => Promise<TransformResult>,
): Promise<ExitStatus> {
  const head = { version: 1, command: program, qmp: socket.path, file: path };
  try {
    const result = await withQmp(socket, signal, (qmp) =>
      withProgress(terminal, path, (onProgress) => work(qmp, onProgress)),
    );
    const text = json ? printableJson({ ...head, ...result.json }) : textOf(result.lines);
    terminal.stdout.write(text);
    return ExitStatus.ok;
  } catch (error) {
    const failure = signal.aborted ? undefined : qemuFault(error, { socket: socket.path, path });
    if (failure === undefined) throw error;
    terminal.stderr.write(`${program}: ${textOf(failure.lines)}`);
    if (json) terminal.stdout.write(printableJson({ ...head, error: failure.json }));
    return failure.status;
  }
}

function textOf(lines: readonly string[]): string {
  return `${lines.map(printable).join('\n')}\n`;
}
