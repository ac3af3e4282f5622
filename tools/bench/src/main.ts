/** `npm run bench -- [NAME ...]`: speed and memory as ratios against peers that run in the same run. */
import { benches } from './benches.js';
import { measure } from './measure.js';
import { formatTable } from './table.js';

const ROUNDS = 5;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  console.log(`\n${bench.name}: ${bench.what}`);
  const contenders = await bench.prepare();
  try {
    console.log(formatTable(await measure(contenders, ROUNDS)));
  } finally {
    await bench.cleanUp?.();
  }
}
