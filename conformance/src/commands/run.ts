import { parseArgs } from 'node:util';
import { captureCandidates, vectorCandidates } from '../run/candidates.js';
import type { RunResult } from '../run/expectation.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { listTestees } from '../run/testees.js';
import type { Command } from './command.js';
import { select } from './select.js';
import { UsageError } from './usage-error.js';

/** `conformance run` */
export const runCommand: Command = {
  name: 'run',
  summary: 'Put the vectors to a testee.',
  help: `conformance run --testee NAME|FOLDER [--run PATTERN] [--captures]

  --testee NAME   ${listTestees().join(', ')}; or a folder that has a testee.json
  --run PATTERN   only vectors whose id fits, such as 'header/*'
  --captures      also put every good capture to it, as captures/<id>: each must restore

Exit status 0 where every answer is as recorded, listed in the testee's known-failing.txt, or skipped; 1 otherwise.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        testee: { type: 'string' },
        run: { type: 'string' },
        captures: { type: 'boolean', default: false },
      },
    });
    if (values.testee === undefined)
      throw new UsageError(`--testee is missing; there are ${listTestees().join(', ')}`);
    const candidates = [...vectorCandidates(), ...(values.captures ? captureCandidates() : [])];
    const results = await runCandidates(values.testee, select(candidates, values.run));
    report(results);
    return results.some(({ status }) => failsTheRun(status)) ? 1 : 0;
  },
};

function report(results: readonly RunResult[]): void {
  const counts = new Map<string, number>();
  for (const { id, question, status, detail } of results) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status !== 'passed') console.log(`${status.padEnd(15)} ${id} (${question}): ${detail}`);
  }
  console.log([...counts].map(([status, count]) => `${count} ${status}`).join(', '));
}
