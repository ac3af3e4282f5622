import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { findQemu, hasProgram, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failsTheRun } from '../run/known-failing.js';
import { findTestee } from '../run/testees.js';
import { runTasks } from './run-tasks.js';
import { readTasks } from './task-store.js';

const tasks = readTasks();
const testees = fileURLToPath(new URL('../../testees/', import.meta.url));

const missing = [
  ...(hasProgram('python3') ? [] : ['python3']),
  ...QEMU_VERSIONS.flatMap((version) => {
    const program = findQemu(version);
    return program.kind === 'missing' ? [program.reason] : [];
  }),
];
const skipped = missing.length === 0 ? '' : ` (missing tool: ${missing.join('; ')})`;

describe.skipIf(skipped !== '')(`writing${skipped}`, () => {
  onlyInAll(
    test.each([
      // Every writer's are restored in every way by `npm run report`, which CI runs too.
      ['ts', 'qemu-11.1-multifd'],
      ['python-prose', 'qemu-10.0'],
    ]),
  )('what %s writes is read by two others, and restored by %s', async (name, restorer) => {
    const results = await runTasks(findTestee(name), tasks, { restorers: [restorer] });
    expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
    const restored = new Set(
      results
        .filter(({ question, status }) => status === 'passed' && question.includes('by qemu-'))
        .map(({ id }) => id),
    );
    // Those of other architectures may be skipped, by name.
    expect(restored.size).toBeGreaterThan(tasks.length / 2);
  });

  test('a testee that only reads is not asked to write', async () => {
    expect(await runTasks(findTestee('ts-quick'), tasks)).toEqual([]);
  });
});

/** Mistakes of writers: what the prose's one does, what it does then, and the task that is there for it. */
const FAULTS: readonly [what: string, right: string, wrong: string, task: string][] = [
  ['bits are counted from the highest', '1 << (index & 7)', '0x80 >> (index & 7)', 'first-page'],
  ['the words of the bitmap are big-endian', 'bitmap[index >> 3]', 'bitmap[index >> 3 ^ 7]', 'last-page'],
  [
    'a page counts as zeros by its first byte',
    'page.count(0) == len(page)',
    'page[0] == 0',
    'last-byte-of-a-page',
  ],
  [
    'a page counts as zeros by its last byte',
    'page.count(0) == len(page)',
    'page[-1] == 0',
    'first-byte-of-a-page',
  ],
  [
    'the stream goes on behind the last page that was written',
    'file.seek(pages_offset + used_length)',
    'file.seek(0, 2)',
    'no-page',
  ],
  [
    'offsets count from the stream',
    'struct.pack(">IQQQ", 1, page_size, bitmap_offset, pages_offset)',
    'struct.pack(">IQQQ", 1, page_size, bitmap_offset - block["shift"], pages_offset - block["shift"])',
    'stream-offset',
  ],
  [
    'an ignored block has no header',
    'file.write(entry + struct.pack(">IQQQ", 1, page_size, 0, 0))',
    'file.write(entry)',
    'ignore-shared',
  ],
  [
    'PART is missing its EOS word',
    'file.write(record_type + section_id + eos + footer)',
    'file.write(record_type + section_id + (eos if record_type == b"\\x03" else b"") + footer)',
    'every-page',
  ],
];

onlyInAll(describe.skipIf(skipped !== ''))(`a faulty writer${skipped}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(scratchParent, 'faulty-writer-'));
    cpSync(join(testees, 'serve.py'), join(folder, 'serve.py'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(FAULTS)('%s', async (_, right, wrong, slug) => {
    const testee = join(folder, slug);
    cpSync(join(testees, 'python-prose'), testee, { recursive: true });
    const path = join(testee, 'writer.py');
    const source = readFileSync(path, 'utf8');
    expect(source).toContain(right);
    const shifted = source.replace(
      'for block in snapshot["blocks"]:\n',
      'for block in snapshot["blocks"]:\n            block["shift"] = stream_offset\n',
    );
    writeFileSync(path, shifted.replace(right, wrong));
    const results = await runTasks(
      findTestee(testee),
      tasks.filter(({ id }) => id === `writing/${slug}`),
      { restorers: [] },
    );
    expect(results.filter(({ status }) => failsTheRun(status)).length).toBeGreaterThan(0);
  });
});
