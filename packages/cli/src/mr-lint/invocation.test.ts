import { qemuVersions, rules } from '@mapped-ram/lint';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../shared/command-line.js';
import { toInvocation } from './invocation.js';
import { allOptions } from './options.js';

const invocationOf = (...argv: string[]) => toInvocation(readCommandLine(argv, allOptions));
const someRule = rules[0]?.id ?? '';

describe('toInvocation', () => {
  it('has defaults for everything but the file', () => {
    expect(invocationOf('a.mr')).toEqual({
      kind: 'lint',
      paths: ['a.mr'],
      format: 'pretty',
      quiet: false,
      recursive: false,
      jobs: 1,
      options: { deep: false, multifd: false, rules: {} },
    });
  });

  it('hands every option on', () => {
    const argv = [
      '--qemu',
      '10.0',
      '--multifd',
      '--deep',
      '--offset',
      '1.5k',
      '--bitmap-order',
      'be',
      '--quiet',
    ];
    expect(invocationOf(...argv, '--format', 'sarif', '--rule', `${someRule}=off`, 'a.mr')).toEqual({
      kind: 'lint',
      paths: ['a.mr'],
      format: 'sarif',
      quiet: true,
      recursive: false,
      jobs: 1,
      options: {
        deep: true,
        multifd: true,
        qemu: '10.0',
        streamOffset: 1536,
        wordOrder: 'be',
        rules: { [someRule]: 'off' },
      },
    });
  });

  it('lets the last of two count', () => {
    expect(invocationOf('--format', 'json', '--format', 'github', 'a.mr')).toMatchObject({
      format: 'github',
    });
    const twice = invocationOf('--rule', `${someRule}=off`, '--rule', `${someRule}=note`, 'a.mr');
    expect(twice).toMatchObject({ options: { rules: { [someRule]: 'note' } } });
  });

  it('needs no file to tell about rules', () => {
    expect(invocationOf('--explain', someRule)).toEqual({ kind: 'explain', ruleId: someRule });
    expect(invocationOf('--rules', '--format', 'json')).toEqual({ kind: 'rules', format: 'json' });
  });

  it.each([
    [[], 'no file given'],
    [['--deep'], 'no file given'],
    [['--format', 'xml', 'a'], '--format cannot be "xml": choose pretty, json, jsonl, sarif, github'],
    [['--format=', 'a'], '--format cannot be "": choose pretty, json, jsonl, sarif, github'],
    [['--qemu', '8.2', 'a'], `--qemu cannot be "8.2": choose ${qemuVersions.join(', ')}`],
    [['--bitmap-order', 'big', 'a'], '--bitmap-order cannot be "big": choose le, be'],
    [['--offset', '4KiB', 'a'], '--offset: not a size: "4KiB"; write bytes as 4096, 0x1000, 4k, 1M or 1.5k'],
    [['--offset=-1', 'a'], '--offset: not a size: "-1"; write bytes as 4096, 0x1000, 4k, 1M or 1.5k'],
    [['--rules', '--format', 'sarif'], '--format cannot be "sarif": choose pretty, json'],
    [['--rule', someRule, 'a'], `--rule needs ID=LEVEL, got "${someRule}"`],
    [
      ['--rule', `${someRule}=loud`, 'a'],
      `--rule ${someRule} cannot be "loud": choose off, note, warning, error`,
    ],
    [
      ['--rule', `${someRule}x=off`, 'a'],
      `there is no rule "${someRule}x"; did you mean ${someRule}? (--rules lists them)`,
    ],
    [['--explain', 'xyzzy'], 'there is no rule "xyzzy" (--rules lists them)'],
  ])('refuses %j', (argv, message) => {
    expect(() => invocationOf(...argv)).toThrow(message);
  });
});
