import { describe, expect, it } from 'vitest';
import { allOptions } from '../mr-lint/options.js';
import { readCommandLine } from './command-line.js';
import { UsageError } from './usage-error.js';

const read = (argv: readonly string[]) => readCommandLine(argv, allOptions);

describe('readCommandLine', () => {
  it('takes flags, values and files apart, in any order', () => {
    const line = read(['a.mr', '--deep', '--format=json', '--rule', 'x=off', 'b.mr', '-q', '--rule=y=note']);
    expect(line.paths).toEqual(['a.mr', 'b.mr']);
    expect([...line.flags]).toEqual(['deep', 'quiet']);
    expect(line.values.get('format')).toEqual(['json']);
    expect(line.values.get('rule')).toEqual(['x=off', 'y=note']);
  });

  it('takes everything behind -- for a file', () => {
    expect(read(['--deep', '--', '--quiet', '-x']).paths).toEqual(['--quiet', '-x']);
  });

  it('takes an empty argument for a file, which will be missed later', () => {
    expect(read(['']).paths).toEqual(['']);
  });

  it.each([
    [['--fromat', 'json'], 'unknown option --fromat; did you mean --format?'],
    [['--__proto__'], 'unknown option --__proto__'],
    [['-z'], 'unknown option -z'],
    [['--format'], 'option --format needs a value: FORMAT'],
    [['--format', '--deep', 'a.mr'], 'option --format needs a value: FORMAT'],
    [['--offset'], 'option --offset needs a value: N'],
    [['--deep=yes'], 'option --deep takes no value'],
    [['-qx'], 'unknown option -x'],
  ])('refuses %j', (argv, message) => {
    expect(() => read(argv)).toThrow(new UsageError(message));
  });

  it('lets a value begin with a dash where it is in the same argument', () => {
    expect(read(['--offset=-1']).values.get('offset')).toEqual(['-1']);
    expect(read(['--offset', '-1']).values.get('offset')).toEqual(['-1']);
  });
});
