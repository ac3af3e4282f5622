import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';

/** The rules without a table of files that fire them and files that do not, a line each. */
export function rulesWithoutTests(ids: readonly string[] = rules.map(({ id }) => id)): string[] {
  return ids.flatMap((id) => {
    const path = `packages/lint/src/rules/${id}/rule.test.ts`;
    const whole = join(CHECKOUT_PATH, path);
    const hasTable = existsSync(whole) && readFileSync(whole, 'utf8').includes('ruleCases(');
    return hasTable ? [] : [`${path}: the rule has no table of files that fire it and files that do not`];
  });
}
