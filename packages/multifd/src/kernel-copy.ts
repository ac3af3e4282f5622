import { hasErrorCode } from '@mapped-ram/format/errors';
import { copyFileRange, isSystemError, sendFile } from '@mapped-ram/posix';

/** The kernel, or these two files, cannot do it at all. */
const NEVER_CODES: ReadonlySet<string> = new Set(['EXDEV', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EPERM']);

/** They are in two file systems. */
const TWO_FILE_SYSTEMS = 'EXDEV';

/** Copies from one open file to another inside the kernel: bytes come by no buffer of ours, or not at all where the file system shares them. */
export class KernelCopy {
  readonly #source: number;
  readonly #target: number;
  #call: typeof copyFileRange | undefined = copyFileRange;

  /** @param target Of which nobody else uses the position. */
  constructor(source: number, target: number) {
    this.#source = source;
    this.#target = target;
  }

  /** Whether it is not known to be in vain. */
  get isPossible(): boolean {
    return this.#call !== undefined;
  }

  /** Whether both are in one file system, as far as is known: it may share bytes instead of copying them. */
  get mayShare(): boolean {
    return this.#call === copyFileRange;
  }

  /**
   * @returns False where not all bytes were copied, for whatever reason: reading and writing them finds it out, and copies them if that
   * can be done.
   */
  copy(readFrom: number, writeTo: number, lengthBytes: number): boolean {
    if (this.#call === undefined) return false;
    try {
      return this.#call(this.#source, readFrom, this.#target, writeTo, lengthBytes) === lengthBytes;
    } catch (error) {
      const code = codeOf(error);
      if (code === TWO_FILE_SYSTEMS && this.#call === copyFileRange) {
        this.#call = sendFile;
        return this.copy(readFrom, writeTo, lengthBytes);
      }
      if (NEVER_CODES.has(code)) this.#call = undefined;
      return false;
    }
  }
}

/** @throws The error where it is a fault of ours. */
function codeOf(error: unknown): string {
  if (hasErrorCode(error, 'platform-unsupported')) return 'ENOSYS';
  if (!isSystemError(error)) throw error;
  return error.code ?? '';
}
