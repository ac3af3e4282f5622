import { getSystemErrorMap } from 'node:util';
import { MappedRamError, type MappedRamErrorCode, quoteValue } from '@mapped-ram/format';

/** Why a file could not be looked at. */
export interface FileFault {
  /** `internal-error` is a fault of this program, not of the file. */
  readonly code: MappedRamErrorCode | 'internal-error';
  /** The system's name for it, such as `ENOENT`, where the system refused. */
  readonly errno?: string;
  /** Without the path, which is told beside it. */
  readonly message: string;
}

const IN_PLACE_OF_FILES: readonly MappedRamErrorCode[] = ['read-failed', 'write-failed'];

/** Words an error that ended the work on a file. */
export function toFileFault(error: unknown): FileFault {
  if (!(error instanceof MappedRamError)) {
    const systemError = systemErrorOf(error);
    // Too many open files, no memory for a thread: such a refusal is nobody's fault.
    if (systemError !== undefined) {
      const [errno, reason] = systemError;
      return { code: 'read-failed', errno, message: reason };
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      code: 'internal-error',
      message: `a fault of this program itself, please report it: ${message}`,
    };
  }
  const systemError = systemErrorOf(error.cause);
  if (systemError !== undefined) {
    const [errno, reason] = systemError;
    const where = error.byteOffset === undefined ? '' : ` at byte ${quoteValue(error.byteOffset)}`;
    return { code: error.code, errno, message: `${reason}${where}` };
  }
  // What is there in place of a file; contents are worded by the error itself.
  if (IN_PLACE_OF_FILES.includes(error.code) && error.expected !== undefined && error.actual !== undefined) {
    return { code: error.code, message: `is ${quoteValue(error.actual)}, not ${quoteValue(error.expected)}` };
  }
  return { code: error.code, message: error.message };
}

/** What stands for bytes of a name that are not UTF-8, where Node took them for text. */
const REPLACED = '\u{fffd}';

/** Name and description, such as `ENOENT` and `no such file or directory`, of an error that the system returned. */
function systemErrorOf(cause: unknown): [string, string] | undefined {
  const { errno, code, path } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  const found = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  // Errors of zlib have numbers of their own, among which are the system's.
  if (found === undefined || found[0] !== code) return undefined;
  if (code !== 'ENOENT' || path?.includes(REPLACED) !== true) return found;
  return [code, `${found[1]}: its name is not UTF-8, which Node cannot open; give it another`];
}
