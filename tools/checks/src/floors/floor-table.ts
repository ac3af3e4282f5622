import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';
import { type Floor, folderOf } from './floors.js';

/** A part of a document that is written from floors.json. */
interface WrittenPart {
  readonly page: string;
  /** The lines between which it is. */
  readonly begin: string;
  readonly end: string;
  readonly text: (floors: readonly Floor[]) => string;
}

const PARTS: readonly WrittenPart[] = [
  {
    page: 'CONTRIBUTING.md',
    begin: '<!-- floors: written by `npm run docs` from floors.json -->',
    end: '<!-- end of floors -->',
    text: floorTable,
  },
  {
    page: 'docs/architecture.md',
    begin: '<!-- picture: written by `npm run docs` from floors.json -->',
    end: '<!-- end of picture -->',
    text: floorPicture,
  },
];

/** The floors as a table in Markdown. */
function floorTable(floors: readonly Floor[]): string {
  const rows = floors.flatMap(({ what, packages }) =>
    Object.entries(packages).map(([name, entry], index) => {
      const imports = entry.imports.length === 0 ? '-' : entry.imports.join(', ');
      return `| ${index === 0 ? what : ''} | \`${folderOf(name)}\` | ${entry.for} | ${imports} |`;
    }),
  );
  return ['| floor | package | what it is for | may import |', '|---|---|---|---|', ...rows].join('\n');
}

/** The floors as a picture: a box each, the top one first. */
function floorPicture(floors: readonly Floor[]): string {
  const lines = floors.map(({ what, packages }) => [what, Object.keys(packages).join('   ')] as const);
  const left = Math.max(...lines.map(([what]) => what.length));
  const right = Math.max(...lines.map(([, names]) => names.length));
  const rule = `${' '.repeat(left)} +${'-'.repeat(right + 4)}+`;
  const boxes = lines.flatMap(([what, names]) => [`${what.padEnd(left)} |  ${names.padEnd(right)}  |`, rule]);
  return ['```', rule, ...boxes, '```'].join('\n');
}

/** The page with its part as it should be. */
function withPart({ page, begin, end, text }: WrittenPart, floors: readonly Floor[]): string {
  const written = readFileSync(join(CHECKOUT_PATH, page), 'utf8');
  const from = written.indexOf(begin);
  const to = written.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page} has no place for the floors`);
  return `${written.slice(0, from + begin.length)}\n\n${text(floors)}\n\n${written.slice(to)}`;
}

/** The pages that show other floors than floors.json says, a line each. */
export function staleFloorTable(floors: readonly Floor[]): string[] {
  return PARTS.filter(
    (part) => readFileSync(join(CHECKOUT_PATH, part.page), 'utf8') !== withPart(part, floors),
  ).map(({ page }) => `${page} shows other floors than floors.json: npm run docs writes them`);
}

/** Puts table and picture into the pages. */
export function writeFloorTable(floors: readonly Floor[]): void {
  for (const part of PARTS) writeFileSync(join(CHECKOUT_PATH, part.page), withPart(part, floors));
}
