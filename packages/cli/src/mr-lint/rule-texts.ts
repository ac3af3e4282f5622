import { explainRule, findRule, rules } from '@mapped-ram/lint';
import { printableJson } from '../shared/printable.js';
import { wrap } from '../shared/wrap.js';

/** What the rules' texts use of Markdown, beside headings and paragraphs. */
const LIST_MARKER = /^\s*[-*] /;

/** All about one rule, as Markdown wrapped for a terminal. Throws RangeError where there is no such rule. */
export function explanationText(ruleId: string, columns: number): string {
  const rule = findRule(ruleId);
  if (rule === undefined) throw new RangeError(`there is no rule ${ruleId}`);
  return joinLines(explainRule(rule))
    .flatMap((line) => reflow(line, columns))
    .join('\n');
}

/** The lines of a Markdown text, where those that go on with a paragraph are joined to it. */
function joinLines(markdown: string): string[] {
  const joined: string[] = [];
  for (const line of markdown.split('\n')) {
    const before = joined.at(-1) ?? '';
    const goesOn = line !== '' && before !== '' && !before.startsWith('#') && !LIST_MARKER.test(line);
    if (goesOn) joined[joined.length - 1] = `${before} ${line.trim()}`;
    else joined.push(line);
  }
  return joined;
}

/** Wraps one line of Markdown; a list item goes on under its text. */
function reflow(line: string, columns: number): string[] {
  const marker = LIST_MARKER.exec(line)?.[0] ?? '';
  return wrap(line.slice(marker.length), columns, marker, ' '.repeat(marker.length));
}

/** The rules as a table for people: id, severity, needs, title. */
export function ruleTable(): string {
  const idWidth = Math.max(...rules.map(({ id }) => id.length));
  const lines = rules.map(
    ({ id, severity, needs, title }) =>
      `${id.padEnd(idWidth)}  ${severity.padEnd(7)}  ${needs.padEnd(7)}  ${title}\n`,
  );
  return lines.join('');
}

/** The rules as JSON for programs. */
export function ruleJson(): string {
  return printableJson({
    version: 1,
    rules: rules.map(({ id, severity, needs, title, clauses }) => ({ id, severity, needs, title, clauses })),
  });
}
