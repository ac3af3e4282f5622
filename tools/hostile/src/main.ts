/**
 * `node tools/hostile/dist/main.js [--seed N] [--cuts N] [--changes N] [--head-step N] [CAPTURE ...]`: damages captures at
 * random and holds the linter to its promises. Without arguments it makes every cut of the first 8 KiB, 2,000 other
 * cuts and 20,000 changes, spread over three captures.
 *
 * `--commands [--seed N] [--count N] [--from N] [--jobs N] [--only LIST] [--replay N]`: runs every command on 100,000 damaged files and holds
 * them to theirs, in as many processes at a time as there are processors; `--only` leaves out the cases of other commands, `--replay` shows one case.
 *
 * `--packed [--seed N] [--count N]`: damages packed files, seals and differences.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { hostileCases } from './cases.js';
import { runCommands } from './commands/main.js';
import { hold, newHolding, Promises } from './hold.js';
import { runPacked } from './packed/run-packed.js';
import { peakBytes } from './peak-memory.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    cuts: { type: 'string', default: '2000' },
    changes: { type: 'string', default: '20000' },
    'head-step': { type: 'string', default: '1' },
    commands: { type: 'boolean', default: false },
    packed: { type: 'boolean', default: false },
    count: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    jobs: { type: 'string' },
    only: { type: 'string' },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run hostile -- [--seed N] [--cuts N] [--changes N] [--head-step N] [CAPTURE ...]   the linter, on damaged captures
npm run hostile -- --commands [--seed N] [--count N] [--from N] [--jobs N]   every command, on 100,000 damaged files
npm run hostile -- --commands --seed N --only trim,search   those of them that run one of these commands
npm run hostile -- --commands --seed N --replay N   one of these cases
npm run hostile -- --packed [--seed N] [--count N]   packed files, seals and differences`);
  process.exit(0);
}
if (values.commands) {
  const { replay, only } = values;
  process.exit(
    await runCommands({
      seed: Number(values.seed),
      from: Number(values.from),
      count: Number(values.count),
      jobs: values.jobs === undefined ? availableParallelism() : Number(values.jobs),
      ...(only !== undefined && { only: only.split(',') }),
      ...(replay !== undefined && { replay: Number(replay) }),
    }),
  );
}
if (values.packed) {
  const figures = await runPacked(Number(values.seed), Number(values.count));
  for (const line of figures.broken.slice(0, 20)) console.log(`broken: ${line}`);
  for (const [outcome, count] of [...figures.outcomes].sort()) console.log(`${outcome}: ${count}`);
  console.log(`slowest: ${figures.slowestSeconds.toFixed(2)} s of processor`);
  console.log(`${figures.cases} cases of seed ${values.seed}, ${figures.broken.length} broken`);
  process.exit(figures.broken.length === 0 ? 0 : 1);
}
const captures =
  positionals.length > 0
    ? positionals
    : ['qemu-10.0/none', 'qemu-10.0/q35-devices', 'qemu-11.1/ppc64-pseries'];
const holding = newHolding();
for (const [index, id] of captures.entries()) {
  const image = await loadCapture(id);
  const counts = {
    headStep: Number(values['head-step']),
    cuts: Math.ceil(Number(values.cuts) / captures.length),
    changes: Math.ceil(Number(values.changes) / captures.length),
  };
  const cases = hostileCases(image, captureInfo(id).streamOffset, counts, Number(values.seed) + index);
  for await (const one of cases) await hold(id, one, holding);
}
const peak = peakBytes();
if (peak > Promises.peakBytes) holding.broken.push(`peak memory of ${Math.round(peak / 2 ** 20)} MiB`);
for (const line of holding.broken.slice(0, 20)) console.log(`broken: ${line}`);
console.log(`verdicts: ${[...holding.verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
console.log(`slowest: ${holding.slowestMilliseconds.toFixed(0)} ms (${holding.slowest})`);
console.log(`peak memory: ${Math.round(peak / 2 ** 20)} MiB`);
console.log(`${holding.cases} cases, ${holding.broken.length} broken`);
process.exitCode = holding.broken.length === 0 ? 0 : 1;
