import { describe, expect, it } from 'vitest';
import { QmpLimits } from './qmp-limits.js';
import { parseMessage } from './qmp-message.js';

const parse = (text: string) => parseMessage(new TextEncoder().encode(text));
const nested = (levels: number) => `{"return": ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}, "id": 1}`;

describe('the depth of a message', () => {
  it('is held to what QEMU itself takes', () => {
    expect(parse(nested(QmpLimits.jsonDepth))).toMatchObject({ kind: 'return' });
    expect(() => parse(nested(QmpLimits.jsonDepth + 1))).toThrow(
      expect.objectContaining({ code: 'bad-qmp-message' }),
    );
  });
});

describe('an event', () => {
  it('has its data and its time, or neither', () => {
    expect(parse('{"event": "STOP"}')).toMatchObject({
      event: { event: 'STOP', data: {}, timestamp: { seconds: 0, microseconds: 0 } },
    });
    // What QEMU sends where it cannot tell the time.
    expect(parse('{"event": "STOP", "timestamp": {"seconds": -1, "microseconds": -1}}')).toMatchObject({
      event: { timestamp: { seconds: -1, microseconds: -1 } },
    });
  });
});

it('quotes what it could not read, with no character that a terminal would act on', () => {
  expect(() => parse('{"QMP": \u001b[2J}')).toThrow('got "{\\"QMP\\": \\x1b[2J}"'.replaceAll('\\"', '"'));
});
