/** Every way in which what a file holds can be wrong, with the words that open the message. */
const whatByContentsCode = {
  'unexpected-end': 'the data ends too early',
  'not-a-migration-stream': 'this is not a QEMU migration stream',
  'obsolete-stream-version': 'the migration stream has an obsolete version',
  'unsupported-stream-version': 'the migration stream has an unsupported version',
  'unexpected-value': 'a value is not one that the grammar allows',
  'value-too-large': 'a 64-bit value is larger than 2^53 - 1',
  'limit-exceeded': 'a count or length is over the limit',
  'bad-configuration': 'the configuration section is not well-formed',
  'unknown-section-type': 'unknown section type',
  'unknown-section-id': 'a section continues one that was never started',
  'duplicate-section-id': 'a section starts twice',
  'missing-footer': 'a section footer is missing',
  'footer-mismatch': 'a section footer names another section',
  'forbidden-ram-flag': 'a RAM flag is not allowed in a mapped-ram stream',
  'unknown-ram-flags': 'unknown combination of RAM flags',
  'not-mapped-ram': 'the stream is a migration stream, but not a mapped-ram one',
  'bad-page-size': 'the page size is not usable',
  'bad-block-table': 'the block table is not well-formed',
  'offset-outside-file': 'an offset lies outside the file',
  'bad-vmdescription': 'the vmdescription is not well-formed',
  'device-state-mismatch': 'the device state does not fit its description',
  'bad-libvirt-header': 'the libvirt save header is not well-formed',
  unsupported: 'the file is built in a way that this operation cannot carry over',
  'not-restorable': 'QEMU would not restore the file',
  'incomplete-save': 'the save that made the file did not complete',
  'unmarked-pages': 'pages hold data that their bitmap does not mark, so that it would be lost',
} as const;

/** What is told of packed files, seals and differences, which stand around a snapshot. */
const whatByContainerCode = {
  'bad-packed-file': 'the packed file is not well-formed',
  'bad-disk-image': 'the disk image is not well-formed',
  'bad-compressed-file': 'the compressed file is not well-formed',
  'bad-seal': 'the seal is not well-formed',
  'bad-delta': 'the difference is not well-formed',
  'bad-machine-record': 'the record of the machine is not well-formed',
  'wrong-base': 'the difference was made from another base',
  'no-seal': 'the file has no seal',
  'content-changed': 'the contents are not those that were sealed',
  'signature-failed': 'the signature could not be made or does not count',
} as const;

/** What else keeps a work from being done: the system, the target, the platform, or the QEMU at the other end. */
const whatByWorkCode = {
  'read-failed': 'reading failed',
  'short-read': 'a read returned too few bytes',
  'write-failed': 'writing failed',
  'target-exists': 'the target exists already',
  'platform-unsupported': 'the platform lacks what is needed for this',
  'not-inspectable': 'a descriptor cannot be looked at',
  'open-failed': 'opening failed',
  'not-a-file': 'it is not a file that QEMU can work with',
  'direct-io-unsupported': 'the file system has no direct I/O',
  'qmp-refused': 'QEMU refused a command',
  'qmp-timeout': 'QEMU did not answer in time',
  'qmp-closed': 'the QMP connection is closed',
  'qmp-taken': 'somebody else is connected to the monitor, and QEMU serves one client at a time',
  'bad-qmp-message': 'the peer does not speak QMP',
  'bad-qmp-result': 'QEMU answered with something that the command does not return',
  preflight: 'it would go wrong, and QEMU was not asked',
  'migration-failed': 'QEMU gave up',
  'qemu-gone': 'the connection to QEMU ended',
  'start-failed': 'the VM did not start',
} as const;

const whatByCode = { ...whatByContentsCode, ...whatByContainerCode, ...whatByWorkCode };

/** What is wrong, as a stable name to branch on. Codes never change meaning, and tests assert them instead of the text. */
export type MappedRamErrorCode = keyof typeof whatByCode;

/**
 * All error codes.
 *
 * @public
 */
export const mappedRamErrorCodes = Object.freeze(Object.keys(whatByCode)) as readonly MappedRamErrorCode[];

/** The codes that tell of what a snapshot holds. All others say nothing of it: the same file may be good. */
export const contentsErrorCodes = Object.freeze(
  Object.keys(whatByContentsCode),
) as readonly MappedRamErrorCode[];

/** A value that an error quotes. Numbers are shown in decimal and hexadecimal, text as it is. */
export type QuotedValue = string | number | bigint;

/** The parts of a {@link MappedRamError}, from which its message is built. */
export interface MappedRamErrorDetails {
  /** What is wrong, where the code's own words are too general. */
  readonly what?: string | undefined;
  /** Where: bytes from the start of the file. */
  readonly byteOffset?: number | undefined;
  /** Where: the part of the stream, such as `ram.blocks[2].pagesOffset`. */
  readonly path?: string | undefined;
  /** What should have been there. */
  readonly expected?: QuotedValue | undefined;
  /** What was there. */
  readonly actual?: QuotedValue | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** The same symbol in every copy of this package. */
const BRAND = Symbol.for('@mapped-ram/format/MappedRamError');

/**
 * The one error of this project: whatever is wrong with a file, the system or a QEMU, `code` says what. Two kinds have a class of
 * their own, for what they carry: `QmpError` and `MigrateError`. Misuse of a function is a TypeError or RangeError.
 */
export class MappedRamError extends Error {
  static {
    Object.defineProperty(MappedRamError.prototype, BRAND, { value: true });
    Object.defineProperty(MappedRamError, Symbol.hasInstance, { value: isInstance });
  }

  override readonly name = 'MappedRamError';
  readonly code: MappedRamErrorCode;
  /** What is wrong, in words; the start of the message. */
  readonly what: string;
  readonly byteOffset: number | undefined;
  readonly path: string | undefined;
  readonly expected: QuotedValue | undefined;
  readonly actual: QuotedValue | undefined;

  constructor(code: MappedRamErrorCode, details: MappedRamErrorDetails = {}) {
    super(describe(code, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.what = details.what ?? whatByCode[code];
    this.byteOffset = details.byteOffset;
    this.path = details.path;
    this.expected = details.expected;
    this.actual = details.actual;
  }
}

/** Whether an error is a {@link MappedRamError} with one of these codes. */
export function hasErrorCode<Code extends MappedRamErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is MappedRamError & { readonly code: Code } {
  return error instanceof MappedRamError && (codes as readonly MappedRamErrorCode[]).includes(error.code);
}

/**
 * Whether an error is a {@link MappedRamError}, also of another copy or version of this package: an application may well have two
 * installed.
 */
export function isMappedRamError(error: unknown): error is MappedRamError {
  return typeof error === 'object' && error !== null && BRAND in error && error[BRAND] === true;
}

/** What `instanceof` asks: for the class itself the brand counts, for one that extends it its own prototype. */
function isInstance(this: unknown, value: unknown): boolean {
  if (this === MappedRamError) return isMappedRamError(value);
  return Function.prototype[Symbol.hasInstance].call(this as never, value);
}

function describe(code: MappedRamErrorCode, details: MappedRamErrorDetails): string {
  const where = [
    details.path === undefined ? '' : ` in ${details.path}`,
    details.byteOffset === undefined ? '' : ` at byte ${quoteValue(details.byteOffset)}`,
  ].join('');
  const wanted = details.expected === undefined ? '' : `, expected ${quoteValue(details.expected)}`;
  const got = details.actual === undefined ? '' : `, got ${quoteValue(details.actual)}`;
  return `${details.what ?? whatByCode[code]}${where}${wanted}${got}`;
}

/** Writes a value for people: `7`, `4096 (0x1000)`, or the text itself. */
export function quoteValue(value: QuotedValue): string {
  if (typeof value === 'string' || value < 10) return String(value);
  return `${value} (0x${value.toString(16)})`;
}
