import { hasErrorCode, MappedRamError } from '@mapped-ram/format/errors';

/** A reason longer than this is no reason; `desc` has all of it. In UTF-16 units. */
const SHOWN_LENGTH = 1000;

/**
 * QEMU answered a command with an error; the code is `qmp-refused`. Commands fail one at a time: the connection stays usable. `instanceof` knows
 * those of another copy of this package too.
 */
export class QmpError extends MappedRamError {
  static {
    const isInstance = (value: unknown): boolean => hasErrorCode(value, 'qmp-refused');
    Object.defineProperty(QmpError, Symbol.hasInstance, { value: isInstance });
  }

  /** The command that failed. */
  readonly command: string;
  /** QEMU's `class`: `GenericError` for most, `CommandNotFound`, `DeviceNotFound`, ... */
  readonly errorClass: string;
  /** QEMU's `desc`, for people; its wording changes from version to version, and it may hold any character. */
  readonly desc: string;

  constructor(command: string, errorClass: string, desc: string) {
    super('qmp-refused', { what: `${command}: ${cut(desc, SHOWN_LENGTH)}` });
    this.command = command;
    this.errorClass = errorClass;
    this.desc = desc;
  }
}

/** Nothing came in time: an answer, an event or the greeting. An answer that comes later is dropped. */
export function qmpTimeout(awaited: string, timeoutMs: number, remark = ''): MappedRamError {
  return new MappedRamError('qmp-timeout', { what: `no ${awaited} within ${timeoutMs} ms${remark}` });
}

/** What came is no message of QMP. */
export function badMessage(what: string, got?: string): MappedRamError {
  return new MappedRamError('bad-qmp-message', {
    what: `the peer does not speak QMP: ${what}`,
    actual: got,
  });
}

/** The first characters of a text, and a sign that there are more. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}...`;
}
