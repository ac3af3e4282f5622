/** Why a descriptor could not be opened or looked at. */
export type FdsetErrorCode =
  /** There is no such descriptor or process, it may not be looked at, or there is no /proc. */
  | 'not-inspectable'
  /** The file cannot be opened; `cause` has Node's error. */
  | 'open-failed'
  /** It is a directory, a pipe, a socket or a device that QEMU cannot save to or load from. */
  | 'not-a-file'
  /** Direct I/O is wanted, and the file system does not open the file with O_DIRECT. */
  | 'direct-io-unsupported';

/** A set of descriptors cannot be made or looked at. What QEMU refuses is a `QmpError`; a faulty set is a finding, not an error. */
export class FdsetError extends Error {
  override readonly name = 'FdsetError';

  constructor(
    readonly code: FdsetErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
