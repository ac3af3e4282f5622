/**
 * `npm run bench -- [--json OUT] [--rounds N] [NAME ...]`: speed and memory as ratios against peers that run in the same run.
 * `growth` is told by name only: what each command takes as snapshots grow.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benches } from './benches.js';
import { type Compared, compare } from './comparison.js';
import { type Growth, growthTable, measureGrowth } from './growth.js';
import { measure } from './measure.js';
import { benchFolder } from './scale.js';
import { lookAround, type Surroundings, surroundingsText } from './surroundings.js';
import { formatTable } from './table.js';

/** Fewer pairs tell nothing of the spread. */
const LEAST_ROUNDS = 5;
const GROWTH = 'growth';

/** What `--json` writes. */
interface Results {
  readonly version: 1;
  readonly rounds: number;
  readonly surroundings: Surroundings;
  readonly benches: readonly {
    readonly name: string;
    readonly what: string;
    readonly contenders: readonly Compared[];
  }[];
  readonly growth?: readonly Growth[] | undefined;
}

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, rounds: { type: 'string', default: String(LEAST_ROUNDS) } },
});
const rounds = Number(values.rounds);
const names = [...benches.map(({ name }) => name), GROWTH];
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds >= LEAST_ROUNDS)) {
  console.error(
    unknown.length > 0
      ? `no bench ${unknown.join(', ')}; there are: ${names.join(', ')}`
      : `--rounds is a number from ${LEAST_ROUNDS} on`,
  );
  process.exit(2);
}

mkdirSync(benchFolder, { recursive: true });
const surroundings = await lookAround(benchFolder);
console.log(surroundingsText(surroundings));
const results: Results['benches'][number][] = [];
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  console.log(`\n${bench.name}: ${bench.what}`);
  const contenders = await bench.prepare();
  try {
    const compared = compare(await measure(contenders, rounds));
    console.log(formatTable(compared));
    results.push({ name: bench.name, what: bench.what, contenders: compared });
  } finally {
    await bench.cleanUp?.();
  }
}
const growth = wanted.includes(GROWTH) ? await measureGrowth() : undefined;
if (growth !== undefined) console.log(growthTable(growth));
if (values.json !== undefined) {
  const all: Results = { version: 1, rounds, surroundings, benches: results, growth };
  writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`);
}
