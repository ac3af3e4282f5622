import { hasErrorCode } from '@mapped-ram/format/errors';
import { copyFileRange, isSystemError } from '@mapped-ram/posix';

/** The kernel, or these two file systems, cannot do it at all. */
const NEVER_CODES: ReadonlySet<string> = new Set(['EXDEV', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EPERM']);

/** Copies from one open file to another inside the kernel: bytes come by no buffer of ours, or not at all where the file system shares them. */
export class KernelCopy {
  readonly #source: number;
  readonly #target: number;
  #isPossible = true;

  constructor(source: number, target: number) {
    this.#source = source;
    this.#target = target;
  }

  /** Whether it is not known to be in vain. */
  get isPossible(): boolean {
    return this.#isPossible;
  }

  /**
   * @returns False where not all bytes were copied, for whatever reason: reading and writing them finds it out, and copies them if that
   * can be done.
   */
  copy(readFrom: number, writeTo: number, lengthBytes: number): boolean {
    if (!this.#isPossible) return false;
    try {
      return copyFileRange(this.#source, readFrom, this.#target, writeTo, lengthBytes) === lengthBytes;
    } catch (error) {
      if (hasErrorCode(error, 'platform-unsupported')) this.#isPossible = false;
      else if (!isSystemError(error)) throw error;
      else if (NEVER_CODES.has(error.code ?? '')) this.#isPossible = false;
      return false;
    }
  }
}
