import { readdirSync, readFileSync } from 'node:fs';
import { contentsErrorCodes } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import { findRule, rules } from './registry.js';
import { behaviourFor } from './rule.js';
import { qemuVersions } from './target.js';

/** Codes that the walk over a stream never makes a problem: somebody changes or copies a file. */
const neverProblems = ['incomplete-save', 'not-restorable', 'unmarked-pages', 'unsupported'];

const clauses = new Set(
  ['mapped-ram.md', 'packed.md'].flatMap((name) => {
    const text = readFileSync(new URL(`../../../spec/${name}`, import.meta.url), 'utf8');
    return [...text.matchAll(/^(?:\| )?\*\*([A-Z]+-\d+)\*\*/gm)].map(([, id]) => id);
  }),
);

describe('the registry', () => {
  it('holds every rule that has a folder, once, under its name', () => {
    const folders = readdirSync(new URL('rules', import.meta.url)).filter((name) => name !== 'testing');
    expect(rules.map(({ id }) => id).sort()).toEqual(folders.sort());
  });

  it('finds a rule by its id', () => {
    expect(findRule('page-size-zero')?.id).toBe('page-size-zero');
    expect(findRule('no-such-rule')).toBeUndefined();
  });

  it("has one rule for each code of the reader's problems", () => {
    const owned = rules.flatMap(({ problems }) => problems ?? []).sort();
    expect(owned).toEqual(contentsErrorCodes.filter((code) => !neverProblems.includes(code)).sort());
  });
});

describe.each(rules)('$id', (rule) => {
  it('has a name in kebab-case', () => {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('says what it is about and what helps', () => {
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.description).toMatch(/^\S[\s\S]*\.$/);
    expect(rule.remedy).toMatch(/^[A-Z][\s\S]*\.$/);
  });

  it('names clauses of the specification', () => {
    expect(rule.clauses.length).toBeGreaterThan(0);
    expect(rule.clauses.filter((clause) => !clauses.has(clause))).toEqual([]);
  });

  it('says what each QEMU does, with and without multifd', () => {
    for (const qemu of qemuVersions) {
      for (const multifd of [false, true]) expect(behaviourFor(rule, { qemu, multifd }).says).not.toBe('');
    }
  });
});
