import { expect, test } from 'vitest';
import { fault, outcomeOf } from './finding.js';

const wrongMemory = fault('faulty-file', 'wrong-memory', 'a bitmap is zero', { metAt: 200 });
const otherMachine = fault('machine-differs', 'refused', 'another machine', { metAt: 8 });
const crash = fault('faulty-file', 'crashes', 'pages behind the end', { metAt: 300 });
const conflict = fault('capability-conflict', 'refused', 'xbzrle is on');
const misplaced = fault('different-files', 'misplaced', 'two files');

test.each([
  ['nothing', [], 'works'],
  ['what is alone', [wrongMemory], 'wrong-memory'],
  ['a refusal before wrong memory', [wrongMemory, otherMachine], 'refused'],
  ['a refusal before a crash', [crash, otherMachine], 'refused'],
  ['a crash behind wrong memory', [wrongMemory, crash], 'crashes'],
  ['settings that QEMU looks at before it reads', [crash, conflict], 'refused'],
  ['descriptors that lead elsewhere, of a file that is refused', [misplaced, otherMachine], 'refused'],
  ['descriptors that lead elsewhere', [misplaced], 'misplaced'],
] as const)('%s', (_, findings, outcome) => {
  expect(outcomeOf([...findings])).toBe(outcome);
});
