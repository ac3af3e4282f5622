import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectationOf } from '../run/expectation.js';
import { runTestee } from '../run/run-testee.js';
import { findTestee } from '../run/testees.js';
import { vectorCase } from '../run/vector-case.js';
import { readVector } from '../vector/store.js';
import type { Vector } from '../vector/vector.js';
import { makeNewTestee, testeeLanguages } from './new-testee.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'new-testee-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(testeeLanguages)('a testee in %s', (language) => {
  const missing = language === 'python' && !hasProgram('python3') ? ' (missing tool: python3)' : '';

  it.skipIf(missing !== '')(`answers as soon as it is made${missing}`, async () => {
    const path = join(folder, `mine-${language}`);
    expect(makeNewTestee(path, language)).toContain(join(path, 'testee.json'));
    const testee = findTestee(path);
    expect(testee.command.name).toBe(`mine-${language}`);
    const vector = readVector('pages/stale-bytes') as Vector;
    const questionnaire = { cases: [vectorCase(vector)], operations: ['read'] as const };
    const results = await runTestee(testee, questionnaire, () => expectationOf(vector));
    expect(results).toMatchObject([
      {
        status: 'failed',
        detail: expect.stringMatching(/^wanted pc\.ram, .*; got rejected: nothing is read yet$/),
      },
    ]);
  });
});

it('touches nothing that is there', () => {
  const path = join(folder, 'there');
  mkdirSync(path);
  writeFileSync(join(path, 'mine.py'), '');
  expect(() => makeNewTestee(path, 'python')).toThrow('is not empty');
});
