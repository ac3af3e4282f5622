import { hasErrorCode, MappedRamError } from '@mapped-ram/format';
import { MigrateError } from '@mapped-ram/migrate';
import { QmpError } from '@mapped-ram/qmp';
import { ExitStatus } from '../../shared/exit-status.js';
import { toFileFault } from '../../shared/file-fault.js';
import { failureStatus } from '../run-transform.js';
import { findingLines } from './finding-text.js';

/** Why QEMU did not do something with a file. */
export interface QemuFault {
  readonly status: ExitStatus;
  /** For people; may hold what stands in the file or comes from QEMU. */
  readonly lines: readonly string[];
  /** The member `error` of the JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Words an error that ended the work of a QEMU on a file, the same for every command that asks one.
 *
 * @param about the socket of QEMU, and the file
 * @returns undefined for what is a fault of the program
 */
export function qemuFault(
  error: unknown,
  { socket, path }: { readonly socket: string; readonly path: string },
): QemuFault | undefined {
  if (error instanceof MigrateError) {
    const { code, message, findings } = error;
    const lines =
      findings.length === 0
        ? [`${path}: ${message}`]
        : [`${path}: QEMU was not asked, since it would go wrong`, ...findings.flatMap(findingLines)];
    return { status: ExitStatus.errorsFound, lines, json: { code, message, findings } };
  }
  if (error instanceof QmpError) {
    const { code, message } = error;
    return { status: ExitStatus.errorsFound, lines: [`${path}: QEMU: ${message}`], json: { code, message } };
  }
  if (!(error instanceof MappedRamError)) return undefined;
  const { message, ...fault } = toFileFault(error);
  const words = wordsOf(error, message, socket, path);
  return { status: failureStatus(error), lines: [words], json: { ...fault, message: words } };
}

function wordsOf(error: MappedRamError, message: string, socket: string, path: string): string {
  if (hasErrorCode(error, 'qmp-timeout', 'qmp-closed', 'qmp-taken', 'bad-qmp-message', 'bad-qmp-result')) {
    return `${socket}: ${message}`;
  }
  // The path is part of the words.
  if (hasErrorCode(error, 'not-inspectable', 'open-failed', 'not-a-file', 'direct-io-unsupported')) {
    return error.message;
  }
  // What is lost by it differs, and the path is part of the words.
  return error.code === 'target-exists' ? `${message}; --force replaces it` : `${path}: ${message}`;
}
