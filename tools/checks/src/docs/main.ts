import { unusedExports } from '../exports/unused-exports.js';
import { checkFloors } from '../floors/check-floors.js';
import { writeFloorTable } from '../floors/floor-table.js';
import { readFloors } from '../floors/floors.js';
import { checkDocuments } from './check.js';
import { writeRulePages } from './rule-pages.js';

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== '--check')) {
  console.error('usage: node tools/checks/dist/docs/main.js [--check]');
  process.exit(2);
}

if (option === undefined) {
  const count = await writeRulePages();
  writeFloorTable(readFloors());
  console.log(`wrote ${count} pages`);
}
const faults = [...(await checkDocuments()), ...checkFloors(), ...unusedExports()];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log('the documents, the floors and the exports are in order');
