import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrFew, loadCapture, onlyInAll } from '@mapped-ram/fixtures';
import { findQemu } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../vector/apply-edits.js';
import { candidateOf, writeCandidate } from './candidate.js';
import { explain } from './destination-knowledge.js';
import { countFigures } from './figures.js';
import { type Comparison, judgeCases } from './judge.js';
import { editsOf, imageOf, planCase } from './plan-case.js';
import { reduceDisagreement } from './reduce-case.js';
import { runFuzz } from './run-fuzz.js';

const SEED = 'test';
const [count = 0] = allOrFew([40], [4]);
const qemu = findQemu('10.0');
const missing = qemu.kind === 'missing' ? ` (missing tool: ${qemu.reason})` : '';

describe('a case', () => {
  it('is the same file for the same seed and number, and another one otherwise', async () => {
    const hashOf = async (seed: string, number: number) => imageOf(await planCase(seed, number)).sha256();
    expect(await hashOf(SEED, 7)).toBe(await hashOf(SEED, 7));
    const hashes = await Promise.all(Array.from({ length: 20 }, (_, number) => hashOf(SEED, number)));
    expect(new Set(hashes).size).toBe(20);
    expect(await hashOf('another', 7)).not.toBe(await hashOf(SEED, 7));
  });

  it.each(['classic', 'qcow2'] as const)('of the form %s is, too', async (form) => {
    const hashOf = async (number: number) => imageOf(await planCase(SEED, number, [form])).sha256();
    expect(await hashOf(7)).toBe(await hashOf(7));
    const hashes = await Promise.all(Array.from({ length: 10 }, (_, number) => hashOf(number)));
    expect(new Set(hashes).size).toBe(10);
  });

  it('comes out of its capture by its edits', async () => {
    for (let number = 0; number < 20; number++) {
      const fuzzCase = await planCase(SEED, number);
      const image = await loadCapture(fuzzCase.base.captureId);
      applyEdits(image, editsOf(fuzzCase));
      expect(image.sha256(), fuzzCase.id).toBe(imageOf(fuzzCase).sha256());
    }
  });
});

describe('figures', () => {
  it('count what was predicted, explained and neither', async () => {
    const fuzzCase = await planCase(SEED, 0);
    const compare = (predicted: Comparison['predicted'], actual: Comparison['actual']) => ({
      ...{ fuzzCase, against: 'qemu-10.0', predicted, actual, says: '', rules: [] },
    });
    const [figures] = countFigures(
      ['qemu-10.0'],
      [
        { comparison: compare('refused', 'refused') },
        { comparison: compare('restores', 'restores') },
        { comparison: compare('restores', 'wrong-memory'), explainedBy: 'contents' },
        { comparison: compare('refused', 'crashes') },
        { comparison: compare('refused', 'restores') },
      ],
    );
    expect(figures).toMatchObject({ judged: 5, bad: 3, badPredicted: 1, unexplained: 2, falseAlarms: 1 });
    expect(figures?.explained).toEqual({ contents: 1 });
    expect(figures?.verdicts['refused, crashes']).toBe(1);
  });

  it('no rule explains away a file that QEMU restores rightly', async () => {
    const fuzzCase = await planCase(SEED, 0);
    for (const says of ['', 'Machine type received is', 'Unknown ramblock "x"']) {
      const rules = ['device-state-not-checked', 'footer-missing', 'bitmap-too-large'];
      const comparison = {
        fuzzCase,
        against: 'qemu-10.0',
        predicted: 'refused',
        actual: 'restores',
        says,
        rules,
      };
      expect(await explain(comparison as Comparison)).toBeUndefined();
    }
  });

  it('but a classic stream without zero pages may be restored rightly', async () => {
    const comparison = {
      ...{ against: 'qemu-10.0', says: '', predicted: 'wrong-memory', actual: 'restores' },
      rules: ['classic-pages-missing'],
    };
    const explained = async (form: 'classic' | 'mapped-ram') =>
      explain({ ...comparison, fuzzCase: await planCase(SEED, 0, [form]) } as Comparison);
    expect((await explained('classic'))?.id).toBe('zero-pages-missing');
    expect(await explained('mapped-ram')).toBeUndefined();
  });
});

onlyInAll(describe.skipIf(qemu.kind === 'missing'))(`against real QEMU${missing}`, () => {
  it('linter and QEMU agree on a small run', async () => {
    const { figures, unexplained, notJudged } = await runFuzz({
      seed: SEED,
      count,
      against: ['qemu-10.0'],
    });
    expect(unexplained).toEqual([]);
    expect(notJudged).toEqual([]);
    expect(figures[0]?.judged).toBeGreaterThan(count * 0.8);
  });

  it.each(['classic', 'qcow2'] as const)('and on one of the form %s', async (form) => {
    const { unexplained, notJudged } = await runFuzz({
      ...{ seed: SEED, count: 20, forms: [form] },
      against: ['qemu-10.0', 'qemu-11.1'],
    });
    expect(unexplained).toEqual([]);
    expect(notJudged).toEqual([]);
  });

  it('a comparison becomes a candidate with both verdicts', async () => {
    const fuzzCase = await caseOf(['bitmap cleared']);
    const [comparison] = (await judgeCases([fuzzCase], ['qemu-10.0'])).comparisons;
    if (comparison === undefined) throw new Error('it was not judged');
    // Both say the same of it and of what is smaller, so there is nothing to make smaller.
    expect((await reduceDisagreement(comparison)).fuzzCase).toEqual(fuzzCase);
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
    const written = JSON.parse(readFileSync(writeCandidate(folder, comparison), 'utf8'));
    rmSync(folder, { recursive: true });
    expect(written).toEqual(JSON.parse(JSON.stringify(candidateOf(comparison))));
    expect(written.disagreement).toMatchObject({ predicted: 'wrong-memory', actual: 'wrong-memory' });
    expect(written.file.sha256).toBe(imageOf(fuzzCase).sha256());
  });
});

it('a disagreement is reduced to the bytes that it needs', async () => {
  const { base } = await caseOf(['bytes appended']);
  const patch = { op: 'patch', offset: 1000, hex: 'aa'.repeat(64) } as const;
  const faults = [
    { mutator: 'bytes appended', edits: [{ op: 'insert', offset: 2000, hex: 'bb' }] },
    { mutator: 'made for this', edits: [patch, { op: 'zero', offset: 5000, length: 4096 }] },
  ] as const;
  const fuzzCase = { id: 'made-0', base, faults };
  const comparison = { fuzzCase, against: 'qemu-10.0', says: '', rules: [] } as unknown as Comparison;
  // It takes the byte at 1040, and nothing else.
  const reduced = await reduceDisagreement(comparison, async (smaller, before) => {
    const edits = smaller.faults.flatMap((fault) => fault.edits);
    const isNeeded = edits.some(
      (edit) =>
        'hex' in edit &&
        edit.op === 'patch' &&
        edit.offset <= 1040 &&
        edit.offset + edit.hex.length / 2 > 1040,
    );
    return isNeeded ? { ...before, fuzzCase: smaller } : undefined;
  });
  expect(reduced.fuzzCase.faults).toEqual([
    { mutator: 'made for this', edits: [{ op: 'patch', offset: 1040, hex: 'aa'.repeat(8) }] },
  ]);
});

/** A case of qemu-10.0/none with just these faults. */
async function caseOf(mutators: readonly string[]) {
  const faults = new Map();
  for (let number = 0; faults.size < mutators.length; number++) {
    const { base, faults: planned } = await planCase('faults', number);
    if (base.captureId !== 'qemu-10.0/none' || base.edits.length > 0) continue;
    for (const fault of planned) {
      if (mutators.includes(fault.mutator) && !faults.has(fault.mutator))
        faults.set(fault.mutator, { base, fault });
    }
  }
  const chosen = mutators.map((name) => faults.get(name));
  return { id: 'chosen-0', base: chosen[0].base, faults: chosen.map(({ fault }) => fault) };
}
