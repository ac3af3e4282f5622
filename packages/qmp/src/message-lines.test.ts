import { describe, expect, it } from 'vitest';
import { MessageLines } from './message-lines.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const bad = expect.objectContaining({ code: 'bad-qmp-message' });

/** What comes out, a line each. */
function linesOf(lines: MessageLines, ...chunks: readonly string[]): string[] {
  return chunks.flatMap((chunk) =>
    [...lines.push(bytes(chunk))].map((line) => new TextDecoder().decode(line)),
  );
}

describe('the limit of a line', () => {
  it.each([
    ['in one piece', ['{1234567\n{1234567']],
    ['in pieces', ['{123', '4567', '\n{', '1234567']],
  ])('is reached %s', (_, chunks) => {
    const lines = new MessageLines(8);
    expect(linesOf(lines, ...chunks, '\n')).toEqual(['{1234567', '{1234567']);
  });

  it.each([
    ['with its end', ['{12345678\n']],
    ['without', ['{12345678']],
    ['in pieces', ['{', '1234567', '8']],
  ])('is passed %s', (_, chunks) => {
    expect(() => linesOf(new MessageLines(8), ...chunks)).toThrow(bad);
  });

  it('is that of a line, not of what was sent', () => {
    expect(linesOf(new MessageLines(8), '{}\n'.repeat(100))).toHaveLength(100);
  });
});

it('leaves empty lines out', () => {
  expect(linesOf(new MessageLines(8), '\r\n', ' \t\n\n{}\r\n')).toEqual(['{}\r']);
});

it.each(['5', 'null', '\n[', ' \r\n"', '\0'])(
  'knows by its first character that %j is no message',
  (text) => {
    expect(() => linesOf(new MessageLines(100), text)).toThrow(bad);
  },
);

it.each([
  ["QEMU 10.0.13 monitor - type 'help'", 'for people'],
  ['SSH-2.0-OpenSSH_9.2', 'SSH'],
  ['RFB 003.008', 'VNC'],
  ['\u0016\u0003\u0001', 'TLS'],
])('says what speaks there: %j', (text, words) => {
  expect(() => linesOf(new MessageLines(100), text)).toThrow(words);
});
