import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainRule, type Rule, rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';
import { REPOSITORY_FILES } from './repository.js';
import { exampleText, type RuleExample, ruleExamples } from './rule-examples.js';

const RULES_FOLDER = 'packages/lint/src/rules';
const INDEX_PATH = 'packages/lint/RULES.md';

const SUITE = `${REPOSITORY_FILES}conformance`;

/** The pages that are written from the rules' metadata and by running them: path relative to the top, and text. */
export async function rulePages(): Promise<ReadonlyMap<string, string>> {
  const examples = await ruleExamples();
  const pages = rules.map((rule) => [pagePath(rule), pageOf(rule, examples.get(rule.id))] as const);
  return new Map([[INDEX_PATH, indexPage()], ...pages]);
}

/** What is wrong with the pages on disk, a line each: missing, out of date, or of a rule that is gone. */
export async function staleRulePages(): Promise<string[]> {
  const pages = await rulePages();
  const stale = [...pages].flatMap(([path, text]) => {
    const file = join(CHECKOUT_PATH, path);
    if (!existsSync(file)) return [`${path}: missing`];
    return withoutRoomOnDisk(readFileSync(file, 'utf8')) === withoutRoomOnDisk(text)
      ? []
      : [`${path}: out of date`];
  });
  const gone = readdirSync(join(CHECKOUT_PATH, RULES_FOLDER))
    .map((name) => join(RULES_FOLDER, name, 'page.md'))
    .filter((path) => existsSync(join(CHECKOUT_PATH, path)) && !pages.has(path));
  return [...stale, ...gone.map((path) => `${path}: no rule of the registry has this page`)];
}

/** The text but for the room that a file takes on disk, which is not the same on every file system. */
function withoutRoomOnDisk(text: string): string {
  return text.replace(/takes \d+ bytes \(\d+ KiB\) on disk/g, 'takes room on disk');
}

/** Writes every page and tells how many. The folder of each rule is there already, since its code is. */
export async function writeRulePages(): Promise<number> {
  const pages = await rulePages();
  for (const [path, text] of pages) writeFileSync(join(CHECKOUT_PATH, path), text);
  return pages.size;
}

function pageOf(rule: Rule, example: RuleExample | undefined): string {
  const text = explainRule(rule);
  if (example === undefined) return text;
  return `${text}\n## Example\n\n${exampleText(example, SUITE)}\n`;
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
