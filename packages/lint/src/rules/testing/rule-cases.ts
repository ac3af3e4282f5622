import { describe, expect, it } from 'vitest';
import type { Finding } from '../../finding.js';
import type { Rule } from '../../rule.js';
import { type Damage, type DamageOptions, findingsOf } from './damage.js';

/** A file, as a capture and an edit of it, and how it is looked at. */
export interface SilentCase extends DamageOptions {
  /** What the file is, in a few words. */
  readonly name: string;
  /** What is done to the capture; absent: nothing. */
  readonly edit?: Damage;
}

/** A file in which the rule finds something. */
export interface FiringCase extends SilentCase {
  /** What it finds, in order: the parts of each finding that matter here. */
  readonly finds: readonly Partial<Finding>[];
}

/** The files on which a rule fires, and those on which it must not. There is at least one of each. */
export interface RuleCases {
  readonly fires: readonly [FiringCase, ...FiringCase[]];
  readonly silent: readonly [SilentCase, ...SilentCase[]];
}

/** The tests of one rule: a table of files. */
export function ruleCases(rule: Rule, { fires, silent }: RuleCases): void {
  describe(rule.id, () => {
    it.each(fires)('fires: $name', async ({ name: _, edit, finds, ...options }) => {
      expect(await findingsOf(rule, edit, options)).toMatchObject(finds);
    });

    it.each(silent)('is silent: $name', async ({ name: _, edit, ...options }) => {
      expect(await findingsOf(rule, edit, options)).toEqual([]);
    });
  });
}
