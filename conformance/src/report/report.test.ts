import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../run/expectation.js';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { readFaultBytes } from './fault-bytes.js';
import { parseFigures } from './figures.js';
import { formatReport } from './formats.js';

const ZERO = 'header/page-size-zero';
const result = (id: string, status: RunResult['status'], detail = '', question = 'read'): RunResult => ({
  ...{ id, question, status, detail },
});

const vectors = [ZERO, 'eos/twice-in-part'].map((id) => readVector(id) as Vector);
const runs = [
  { testee: 'good', results: vectors.map(({ id }) => result(id, 'passed')) },
  {
    testee: 'bad <one>',
    results: [
      result(ZERO, 'failed', 'wanted <a> & "b", got \u001b[0m | nothing'),
      result(ZERO, 'passed', '', 'judge 10.0'),
      result('eos/twice-in-part', 'crashed', 'SIGSEGV'),
    ],
  },
];

it('Markdown counts, tells what failed, and keeps tables whole', async () => {
  const text = await formatReport('md', vectors, runs);
  expect(text).toContain('| good | 2 | 0 | 0 | 2 |');
  expect(text).toContain('| bad <one> | 0 | 2 | 0 | 2 |');
  expect(text).toContain('got \u001b[0m \\| nothing');
  expect(text).toContain('| `header/page-size-zero` | hazard | crashes | refused | ✓ | ✗ |');
});

it('JSON has every question', async () => {
  const report = JSON.parse(await formatReport('json', vectors, runs));
  const validate = new Ajv().compile({ type: 'object', required: ['version', 'testees', 'vectors'] });
  expect(validate(report)).toBe(true);
  expect(report.testees[1]).toEqual({ name: 'bad <one>', counts: { crashed: 1, failed: 1 } });
  const { results } = report.vectors.find(({ id }: Vector) => id === ZERO);
  expect(results['bad <one>']).toMatchObject({ status: 'failed' });
  expect(results['bad <one>'].questions).toHaveLength(2);
});

it('JUnit has failures and errors apart, and nothing that XML cannot hold', async () => {
  const xml = await formatReport('junit', vectors, runs);
  expect(xml).toContain('<testsuite name="bad &lt;one&gt;" tests="3" failures="1" errors="1" skipped="0">');
  expect(xml).toContain('message="wanted &lt;a&gt; &amp; &quot;b&quot;, got ?[0m | nothing"');
  expect(xml).toContain('<error type="crashed" message="SIGSEGV"/>');
});

describe('HTML', () => {
  it('has a row and a section for each vector, and lets no text become markup', async () => {
    const html = await formatReport('html', vectors, runs);
    expect(html.match(/<tr data-id=/g)).toHaveLength(2);
    expect(html.match(/<article id=/g)).toHaveLength(2);
    expect(html).not.toContain('<one>');
    expect(html).not.toContain('<a> &');
    expect(html).toContain('dies of SIGFPE');
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  it('has no tag and no attribute more for what a vector, a testee and an answer may say', async () => {
    const shape = (html: string) =>
      html
        .replace(/<(style|script)>.*?<\/\1>/gs, '')
        .match(/<[^>]*>/g)
        ?.map((tag) => tag.replace(/"[^"]*"/g, '""'));
    const told = (words: string) => {
      const [vector] = vectors.map((one) => ({ ...one, what: words, why: words })) as [Vector];
      const results = [result(vector.id, 'failed', words)];
      return formatReport('html', [vector], [{ testee: words, results }]);
    };
    const orders = `a</text></td></title><script>owned()</script>&lt;"' onload="owned() `;
    expect(shape(await told(orders))).toEqual(shape(await told('words')));
  });

  it('shows the bytes of the fault', async () => {
    const bytes = await readFaultBytes(vectors[0] as Vector);
    const { before, after } = bytes ?? {};
    const marked = (window: typeof before) => [
      ...(window?.bytes.subarray(...(window?.marked ?? [0, 0])) ?? []),
    ];
    expect(marked(before)).toEqual([0, 0, 0, 0, 0, 0, 0x10, 0]);
    expect(marked(after)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

it.each(['md', 'html'] as const)(
  '%s has the figures of the fuzzer, and what explains the rest',
  async (format) => {
    const counts = { judged: 290, bad: 200, badPredicted: 195, unexplained: 0, falseAlarms: 1 };
    const figures = parseFigures(
      JSON.stringify({
        ...{
          seed: 's<1>',
          count: 300,
          knowledgeRules: { machine: 'it is another machine', uuid: 'not met' },
        },
        figures: [{ against: 'qemu-10.0', ...counts, explained: { machine: 4 } }],
      }),
    );
    const text = await formatReport(format, vectors, runs, figures);
    expect(text).toContain('195 (97.5%)');
    expect(text).toContain('it is another machine (4)');
    expect(text).not.toContain('not met');
    if (format === 'html') expect(text).not.toContain('s<1>');
    expect(() => parseFigures('{}')).toThrow(SyntaxError);
  },
);
