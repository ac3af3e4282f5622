import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { writeCandidate } from '../fuzz/candidate.js';
import { knowledgeRules } from '../fuzz/destination-knowledge.js';
import type { FuzzFigures } from '../fuzz/figures.js';
import { judgedBy } from '../fuzz/judge.js';
import { reduceDisagreement } from '../fuzz/reduce-case.js';
import { type FuzzRun, runFuzz } from '../fuzz/run-fuzz.js';
import type { Command } from './command.js';
import { UsageError } from './usage-error.js';

const JUDGES = QEMU_VERSIONS.flatMap((version) => [`qemu-${version}`, `qemu-${version}-multifd`]);
/** From where the command is called. */
const FOLDER = join('.cache', 'fuzz');

/** Disagreements that are made smaller; more of them have few causes. */
const MAX_REDUCED = 10;

/** `conformance fuzz` */
export const fuzzCommand: Command = {
  name: 'fuzz',
  summary: 'Damage files at random, and hold what the linter predicts against what QEMU does.',
  help: `conformance fuzz [--seed TEXT] [--count N] [--against TESTEES] [--figures FILE] [--format json]

  --seed TEXT       the same seed gives the same files; the time if not given
  --count N         how many files, 300 by default
  --against LIST    ${JUDGES.join(', ')}; all by default
  --figures FILE    write the figures there as JSON, for 'run --fuzz'
  --save FOLDER     where unexplained disagreements go, ${FOLDER} by default
  --format json     the figures as JSON on standard output

A file has one to three faults: fields, lengths, flags, sections moved, doubled or dropped, bitmaps, offsets, cuts. Where the linter and
QEMU disagree, and it is not by something that only the destination knows, the file is made as small as it gets and saved as a
candidate for a vector, with both verdicts. Ctrl-C ends after the files that are being judged.

Exit status 0 where every disagreement is explained; 1 otherwise.`,

  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: String(Date.now()) },
        count: { type: 'string', default: '300' },
        against: { type: 'string', default: JUDGES.join(',') },
        figures: { type: 'string' },
        save: { type: 'string', default: FOLDER },
        format: { type: 'string', default: 'pretty' },
      },
    });
    const { seed, format } = values;
    if (format !== 'pretty' && format !== 'json') {
      throw new UsageError(`--format is pretty or json, not ${format}`);
    }
    const count = toCount(values.count);
    const against = values.against.split(',');
    for (const testee of against) checkJudge(testee);
    const run = await runWithProgress(seed, count, against);
    const json = { seed, count: run.count, knowledgeRules: describeRules(), figures: run.figures };
    if (values.figures !== undefined) writeFileSync(values.figures, `${JSON.stringify(json, null, 2)}\n`);
    console.log(format === 'json' ? JSON.stringify(json, null, 2) : figuresText(run));
    for (const [index, { comparison }] of run.unexplained.entries()) {
      const smallest = index < MAX_REDUCED ? await reduceDisagreement(comparison) : comparison;
      const path = writeCandidate(values.save, smallest);
      const { predicted, actual, says } = comparison;
      console.error(`unexplained: predicted ${predicted}, was ${actual} (${says}): ${path}`);
    }
    for (const { fuzzCase, against: testee, reason } of run.notJudged) {
      console.error(`not judged: ${fuzzCase.id} by ${testee}: ${reason}`);
    }
    return run.unexplained.length === 0 && run.notJudged.length === 0 ? 0 : 1;
  },
};

async function runWithProgress(seed: string, count: number, against: readonly string[]): Promise<FuzzRun> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  const isTerminal = process.stderr.isTTY === true;
  try {
    return await runFuzz({
      ...{ seed, count, against, signal: abort.signal },
      onProgress: (done) => {
        if (isTerminal) process.stderr.write(`\r${done} of ${count} files${done === count ? '\n' : ''}`);
      },
    });
  } finally {
    process.off('SIGINT', stop);
  }
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageError(`--count is a number from 1 on, not ${text}`);
  return count;
}

function checkJudge(testee: string): void {
  if (!JUDGES.includes(testee)) throw new UsageError(`--against takes ${JUDGES.join(', ')}, not ${testee}`);
  const version = QEMU_VERSIONS.find((known) => known === judgedBy(testee).version);
  const qemu = version === undefined ? undefined : findQemu(version);
  if (qemu?.kind === 'missing') throw new UsageError(`${testee} cannot be asked: ${qemu.reason}`);
}

function describeRules(): Record<string, string> {
  return Object.fromEntries(knowledgeRules.map(({ id, why }) => [id, why]));
}

function figuresText({ seed, count, figures }: FuzzRun): string {
  return [`seed ${seed}, ${count} files`, ...figures.flatMap(linesOf)].join('\n');
}

function linesOf({ against, judged, bad, badPredicted, explained, unexplained, falseAlarms }: FuzzFigures) {
  const share = bad === 0 ? '' : ` (${((100 * badPredicted) / bad).toFixed(1)}%)`;
  const reasons = Object.entries(explained).map(([id, times]) => `${times} ${id}`);
  return [
    `${against}: ${judged} judged; ${bad} refused, deadly or restored wrongly, ${badPredicted} of them predicted${share}`,
    `  ${unexplained} disagreements without an explanation, ${falseAlarms} false alarms; explained: ${reasons.join(', ') || 'none'}`,
  ];
}
