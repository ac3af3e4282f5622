import { readFileSync } from 'node:fs';
import { explainRule, rules } from '@mapped-ram/lint';
import { describe, expect, it } from 'vitest';
import { memoryTerminal } from '../testing/memory-terminal.js';
import { main } from './main.js';
import { allOptions } from './options.js';

async function run(argv: readonly string[], options?: Parameters<typeof memoryTerminal>[0]) {
  const terminal = memoryTerminal(options);
  const status = await main(argv, terminal, new AbortController().signal);
  return { status, out: terminal.out, err: terminal.err };
}

/** White space does not count where a text was wrapped. */
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('mr-lint --help', () => {
  it('names every option and the exit status, whatever else is given', async () => {
    const { status, out, err } = await run(['--help', '--format', 'xml', 'missing.mr']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const { name, value = '' } of allOptions) expect(out).toContain(`--${name} ${value}`.trim());
    const explained = /--explain ([a-z][a-z-]+)/.exec(out)?.[1];
    expect(rules.map(({ id }) => id)).toContain(explained);
    expect(out).toMatch(/^Exit status:\n {2}0 .*\n {2}1 .*\n {2}2 /m);
  });

  it.each([40, 80, 120])('keeps to a width of %d', async (columns) => {
    const { out } = await run(['-h'], { columns });
    const tooWide = out.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
    if (columns >= 80) expect(tooWide).toEqual([]);
    expect(out).toContain('usage: mr-lint');
  });
});

it('mr-lint --version prints the version of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await run(['--version'])).toEqual({ status: 0, out: `${manifest.version}\n`, err: '' });
});

it('without a file says how it is used', async () => {
  const { status, out, err } = await run([]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^mr-lint: no file given\nusage: mr-lint .*\nTry 'mr-lint --help'/);
});

it('refuses a wrong option in one line, without what a terminal would act on', async () => {
  const { status, out, err } = await run(['--qiuet\u001b[2J', 'a.mr']);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.split('\n')[0]).toMatch(/^mr-lint: unknown option --qiuet\\u001b\[2J/);
});

describe('mr-lint --rules', () => {
  it('lists every rule, a line each', async () => {
    const lines = (await run(['--rules'])).out.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(rules.map(({ id }) => id));
  });

  it('lists every rule for programs', async () => {
    const { out } = await run(['--rules', '--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      rules: rules.map(({ id, severity, needs, title, clauses }) => ({
        id,
        severity,
        needs,
        title,
        clauses,
      })),
    });
  });
});

it.each(rules.map(({ id }) => id))('mr-lint --explain %s says what the rule says', async (id) => {
  const rule = rules.find((candidate) => candidate.id === id);
  const { status, out } = await run(['--explain', id], { columns: 80 });
  expect(status).toBe(0);
  expect(flat(out)).toBe(flat(rule === undefined ? '' : explainRule(rule)));
  expect(out.endsWith('\n')).toBe(true);
});

it('an interrupted run prints nothing more', async () => {
  const terminal = memoryTerminal();
  const status = await main(['--format', 'json', '/nonexistent/a.mr'], terminal, AbortSignal.abort());
  expect({ status, out: terminal.out }).toEqual({ status: 130, out: '' });
});
