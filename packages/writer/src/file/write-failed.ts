import { MappedRamError } from '@mapped-ram/format';

/** The error for a file that cannot be made or written. */
export function writeFailed(name: string, cause: unknown, byteOffset?: number): MappedRamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MappedRamError('write-failed', { what: `writing ${name} failed: ${reason}`, byteOffset, cause });
}
