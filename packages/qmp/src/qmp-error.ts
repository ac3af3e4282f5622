/** QEMU answered a command with an error. Commands fail one at a time: the connection stays usable. */
export class QmpError extends Error {
  override readonly name = 'QmpError';

  /**
   * @param command the command that failed
   * @param errorClass QEMU's `class`: `GenericError` for most, `CommandNotFound`, `DeviceNotFound`, ...
   * @param desc QEMU's `desc`, for people; its wording changes from version to version
   */
  constructor(
    readonly command: string,
    readonly errorClass: string,
    readonly desc: string,
  ) {
    super(`${command}: ${desc}`);
  }
}

/** Nothing came in time: an answer, an event or the greeting. An answer that comes later is dropped. */
export class QmpTimeoutError extends Error {
  override readonly name = 'QmpTimeoutError';

  constructor(
    readonly awaited: string,
    readonly timeoutMs: number,
  ) {
    super(`no ${awaited} within ${timeoutMs} ms`);
  }
}

/** The connection is gone; everything that was waiting on it is rejected with this. `cause` holds the socket's error, if any. */
export class QmpClosedError extends Error {
  override readonly name = 'QmpClosedError';
}
