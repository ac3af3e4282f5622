import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainRule, type Rule, rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';

const RULES_FOLDER = 'packages/lint/src/rules';
const INDEX_PATH = 'packages/lint/RULES.md';

/** The pages that are written from the rules' metadata: path relative to the top, and text. */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = rules.map((rule) => [pagePath(rule), explainRule(rule)] as const);
  return new Map([[INDEX_PATH, indexPage()], ...pages]);
}

/** What is wrong with the pages on disk, a line each: missing, out of date, or of a rule that is gone. */
export function staleRulePages(): string[] {
  const pages = rulePages();
  const stale = [...pages].flatMap(([path, text]) => {
    const file = join(CHECKOUT_PATH, path);
    if (!existsSync(file)) return [`${path}: missing`];
    return readFileSync(file, 'utf8') === text ? [] : [`${path}: out of date`];
  });
  const gone = readdirSync(join(CHECKOUT_PATH, RULES_FOLDER))
    .map((name) => join(RULES_FOLDER, name, 'page.md'))
    .filter((path) => existsSync(join(CHECKOUT_PATH, path)) && !pages.has(path));
  return [...stale, ...gone.map((path) => `${path}: no rule of the registry has this page`)];
}

/** Writes every page. The folder of each rule is there already, since its code is. */
export function writeRulePages(): void {
  for (const [path, text] of rulePages()) writeFileSync(join(CHECKOUT_PATH, path), text);
}

function pagePath({ id }: Rule): string {
  return join(RULES_FOLDER, id, 'page.md');
}

function indexPage(): string {
  const rows = rules.map((rule) => {
    const link = `[\`${rule.id}\`](${join('src/rules', rule.id, 'page.md')})`;
    return `| ${link} | ${rule.severity} | ${rule.needs} | ${rule.title.replaceAll('|', '\\|')} |`;
  });
  return [
    '# The rules',
    '',
    'In the order in which a stream is read. The severity is that of a finding that QEMU restores all the same; where it',
    'does not, the finding is an error. Rules that need pages run under `--deep` only. `mr-lint --explain ID` shows a',
    'page in the terminal.',
    '',
    '| rule | severity | needs | what is wrong |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
