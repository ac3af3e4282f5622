import { join } from 'node:path';
import { type Command, ExitStatus, lastValue, oneOf, UsageError } from '@mapped-ram/cli/command-framework';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { writeWholeFile } from '@mapped-ram/writer/file';
import { FUZZ_FORMS, type FuzzForm } from '../fuzz/base.js';
import { writeCandidate } from '../fuzz/candidate.js';
import { knowledgeRules, restoredKnowledge } from '../fuzz/destination-knowledge.js';
import type { FuzzFigures } from '../fuzz/figures.js';
import { judgedBy } from '../fuzz/judge.js';
import { reduceDisagreement } from '../fuzz/reduce-case.js';
import { type FuzzOptions, type FuzzRun, runFuzz } from '../fuzz/run-fuzz.js';

const JUDGES = QEMU_VERSIONS.flatMap((version) => [`qemu-${version}`, `qemu-${version}-multifd`]);
/** From where the command is called. */
const FOLDER = join('.cache', 'fuzz');

/** Disagreements that are made smaller; more of them have few causes. */
const MAX_REDUCED = 10;

/** `conformance fuzz` */
export const fuzzCommand: Command = {
  arguments: '[options]',
  description:
    'Damages captures at random, holds what the linter predicts against what QEMU does, and counts. A file has one to ' +
    'three faults: fields, lengths, flags, sections moved, doubled or dropped, bitmaps, offsets, cuts. Where the linter and ' +
    'QEMU disagree, and it is not by something that only the destination knows, the file is made as small as it gets and ' +
    'saved as a candidate for a vector, with both verdicts. Ctrl-C ends after the files that are being judged.',
  optionGroups: [
    {
      title: 'Options',
      options: [
        { name: 'seed', value: 'TEXT', help: 'The same seed gives the same files; the time if not given.' },
        { name: 'count', value: 'N', help: 'How many files; 300 by default.' },
        {
          name: 'against',
          value: 'LIST',
          help: `${JUDGES.join(', ')}, separated by commas; all by default.`,
        },
        {
          name: 'bases',
          value: 'LIST',
          help: 'What is damaged: mapped-ram (the default), classic streams, snapshots in qcow2 disks; separated by commas.',
        },
        { name: 'figures', value: 'FILE', help: "Write the figures there as JSON, for 'run --fuzz'." },
        { name: 'save', value: 'FOLDER', help: `Where unexplained disagreements go; ${FOLDER} by default.` },
        { name: 'format', value: 'FORMAT', help: 'pretty or json: the figures on standard output.' },
      ],
    },
  ],
  exitStatus: [
    ['0', 'every disagreement is explained'],
    ['1', 'one is not, or a file could not be judged'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [
    ['conformance fuzz --count 3000', 'more files'],
    ['conformance fuzz --bases classic,qcow2', 'classic streams, and snapshots in disk images'],
    ['conformance fuzz --seed S --against qemu-11.1', 'the same files again, and one QEMU'],
  ],

  async run(line, { signal }) {
    const seed = lastValue(line, 'seed') ?? String(Date.now());
    const format = oneOf('format', lastValue(line, 'format') ?? 'pretty', ['pretty', 'json']);
    const figuresFile = lastValue(line, 'figures');
    const count = toCount(lastValue(line, 'count') ?? '300');
    const against = lastValue(line, 'against')?.split(',') ?? JUDGES;
    for (const testee of against) checkJudge(testee);
    const forms = toForms(lastValue(line, 'bases') ?? 'mapped-ram');
    const run = await runWithProgress({ seed, count, against, forms, signal });
    const json = { seed, count: run.count, knowledgeRules: describeRules(), figures: run.figures };
    if (figuresFile !== undefined) {
      const text = `${JSON.stringify(json, null, 2)}\n`;
      await writeWholeFile(figuresFile, text, { overwrite: true, mode: 0o644 });
    }
    console.log(format === 'json' ? JSON.stringify(json, null, 2) : figuresText(run));
    for (const [index, { comparison }] of run.unexplained.entries()) {
      const smallest = index < MAX_REDUCED ? await reduceDisagreement(comparison) : comparison;
      const path = writeCandidate(lastValue(line, 'save') ?? FOLDER, smallest);
      const { predicted, actual, says } = comparison;
      console.error(`unexplained: predicted ${predicted}, was ${actual} (${says}): ${path}`);
    }
    for (const { fuzzCase, against: testee, reason } of run.notJudged) {
      console.error(`not judged: ${fuzzCase.id} by ${testee}: ${reason}`);
    }
    return run.unexplained.length === 0 && run.notJudged.length === 0
      ? ExitStatus.ok
      : ExitStatus.errorsFound;
  },
};

function runWithProgress(options: Omit<FuzzOptions, 'onProgress'>): Promise<FuzzRun> {
  const isTerminal = process.stderr.isTTY === true;
  const { count } = options;
  return runFuzz({
    ...options,
    onProgress: (done) => {
      if (isTerminal) process.stderr.write(`\r${done} of ${count} files${done === count ? '\n' : ''}`);
    },
  });
}

function toForms(text: string): FuzzForm[] {
  return text.split(',').map((name) => {
    const form = FUZZ_FORMS.find((known) => known === name);
    if (form === undefined) throw new UsageError(`--bases takes ${FUZZ_FORMS.join(', ')}, not ${name}`);
    return form;
  });
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
  return Object.fromEntries([...knowledgeRules, ...restoredKnowledge].map(({ id, why }) => [id, why]));
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
