import { describe, expect, it } from 'vitest';
import { allOptions } from '../mr-lint/options.js';
import { readCommandLine } from './command-line.js';
import { toPageReading } from './page-reading.js';
import { UsageError } from './usage-error.js';

const readingOf = (...argv: string[]) => toPageReading(readCommandLine(argv, allOptions));

describe('toPageReading', () => {
  it.each([
    [[], undefined],
    [['--deep'], { directIo: false }],
    [['--deep', '--channels', '3', '--direct-io'], { channels: 3, directIo: true }],
    [['--deep', '--channels', '255'], { channels: 255, directIo: false }],
  ])('of %o is %o', (argv, reading) => {
    expect(readingOf(...argv)).toEqual(reading);
  });

  it.each(['0', '256', '-1', '1.5', '2k', ''])('refuses %j channels', (value) => {
    expect(() => readingOf('--deep', `--channels=${value}`)).toThrow(UsageError);
  });

  it.each([['--channels=2'], ['--direct-io']])('refuses %s where no page is read', (option) => {
    expect(() => readingOf(option)).toThrow(/needs --deep/);
  });
});
