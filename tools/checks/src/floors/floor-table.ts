import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';
import { type Floor, folderOf } from './floors.js';

const PAGE = 'CONTRIBUTING.md';
const BEGIN = '<!-- floors: written by `npm run docs` from floors.json -->';
const END = '<!-- end of floors -->';

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

/** CONTRIBUTING.md with the table as it should be. */
function pageWithTable(floors: readonly Floor[]): string {
  const page = readFileSync(join(CHECKOUT_PATH, PAGE), 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the floors`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${floorTable(floors)}\n\n${page.slice(to)}`;
}

/** Whether CONTRIBUTING.md shows other floors than floors.json says, as a line. */
export function staleFloorTable(floors: readonly Floor[]): string[] {
  const isFresh = readFileSync(join(CHECKOUT_PATH, PAGE), 'utf8') === pageWithTable(floors);
  return isFresh ? [] : [`${PAGE} shows other floors than floors.json: npm run docs writes them`];
}

/** Puts the table into CONTRIBUTING.md. */
export function writeFloorTable(floors: readonly Floor[]): void {
  writeFileSync(join(CHECKOUT_PATH, PAGE), pageWithTable(floors));
}
