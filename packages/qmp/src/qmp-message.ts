import { findJsonExcess } from '@mapped-ram/format/json-bounds';
import { badMessage } from './qmp-error.js';
import { QmpLimits } from './qmp-limits.js';
import { quoteBytes } from './quote-bytes.js';
import { count, list, optional, type ResultShape, record, shape, text } from './result-shape.js';

/** The version in QEMU's greeting; `package` is the distributor's, for example `Debian 1:10.0.13+ds-0+deb13u1`. */
export interface QmpVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  readonly package: string;
}

/** What QEMU says of itself before it takes commands. */
export interface QmpGreeting {
  readonly version: QmpVersion;
  /** Protocol capabilities on offer, such as `oob`; this client asks for none. */
  readonly capabilities: readonly string[];
}

/** An event. Numbers above 2^53 - 1 in `data` have lost their low bits, since they come through `JSON.parse`. */
export interface QmpEvent<Data = Record<string, unknown>> {
  readonly event: string;
  readonly data: Data;
  readonly timestamp: { readonly seconds: number; readonly microseconds: number };
}

/** What QEMU can send, in its shape. An error without an id is of what QEMU could not parse. */
export type QmpMessage =
  | { readonly kind: 'greeting'; readonly greeting: QmpGreeting }
  | { readonly kind: 'event'; readonly event: QmpEvent }
  | { readonly kind: 'return'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly id: number | undefined;
      readonly errorClass: string;
      readonly desc: string;
    };

const greetingShape = shape({
  version: shape({ qemu: shape({ major: count, minor: count, micro: count }), package: text }),
  capabilities: list(text),
});

const eventShape = shape({
  event: text,
  data: optional(record),
  // An event that QEMU has no time for has -1.
  timestamp: optional(shape({ seconds: optional(number), microseconds: optional(number) })),
});

const errorShape = shape({ class: text, desc: text });

function number(value: unknown): number {
  return typeof value === 'number' ? value : -1;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one line of QMP, and holds it to the shapes that the protocol has (QEMU: docs/interop/qmp-spec.rst).
 *
 * @throws MappedRamError `bad-qmp-message`
 */
export function parseMessage(line: Uint8Array): QmpMessage {
  const message = parseObject(line);
  const inShape = <T>(name: string, decode: ResultShape<T>, value: unknown): T => {
    try {
      return decode(value, name);
    } catch (error) {
      throw badMessage((error as Error).message);
    }
  };
  if (Object.hasOwn(message, 'QMP')) {
    const { version, capabilities } = inShape('the greeting', greetingShape, message.QMP);
    return {
      kind: 'greeting',
      greeting: { version: { ...version.qemu, package: version.package }, capabilities },
    };
  }
  if (Object.hasOwn(message, 'event')) {
    const { event, data = {}, timestamp } = inShape('an event', eventShape, message);
    const { seconds = 0, microseconds = 0 } = timestamp ?? {};
    return { kind: 'event', event: { event, data, timestamp: { seconds, microseconds } } };
  }
  const id = inShape('id', optional(count), message.id);
  if (Object.hasOwn(message, 'error')) {
    const { class: errorClass, desc } = inShape('error', errorShape, message.error);
    return { kind: 'error', id, errorClass, desc };
  }
  if (!Object.hasOwn(message, 'return')) {
    throw badMessage('a message is a greeting, an event, an answer or an error', quoteBytes(line));
  }
  if (id === undefined) throw badMessage('an answer has no id', quoteBytes(line));
  return { kind: 'return', id, result: message.return };
}

function parseObject(line: Uint8Array): Readonly<Record<string, unknown>> {
  if (findJsonExcess(line, { depth: QmpLimits.jsonDepth }) !== undefined) {
    throw badMessage(`a message is nested deeper than ${QmpLimits.jsonDepth} levels`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(line));
  } catch (cause) {
    if (/^\s*\{\s*$/.test(Buffer.from(line.subarray(0, 16)).toString('latin1')) && line.length < 16) {
      throw badMessage(
        'its messages go over several lines: -qmp-pretty or pretty=on is for people, take -qmp',
      );
    }
    const isText = cause instanceof SyntaxError;
    throw badMessage(isText ? 'a line is not JSON' : 'a line is not UTF-8', quoteBytes(line));
  }
  return record(parsed, 'a message');
}
