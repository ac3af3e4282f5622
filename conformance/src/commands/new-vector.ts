import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, ExitStatus, lastValue, UsageError } from '@mapped-ram/cli/command-framework';
import { captureInfo, listCaptures } from '@mapped-ram/fixtures';
import { CHECKOUT_PATH } from '@mapped-ram/tool-qemu';
import { appendDefinition, definitionText } from '../scaffold/definition-text.js';
import { MutationError, makeNewVector, type NewVector, type VectorIdea } from '../scaffold/new-vector.js';
import type { Edit } from '../vector/edit.js';
import { readVector, vectorStore } from '../vector/store.js';
import { restoreModes, type Stage, stages } from '../vector/vector.js';

const SOURCES = fileURLToPath(new URL('../../src/vectors/', import.meta.url));

/** Where the fault of an area's vectors is met, if nothing else is said. */
const STAGES: Readonly<Record<string, Stage>> = {
  ...{ bitmap: 'bitmap', 'block-table': 'block-table', commands: 'command', configuration: 'configuration' },
  ...{ containers: 'container', 'device-state': 'device-state', eos: 'ram-words', footers: 'footer' },
  ...{ header: 'mapped-ram-header', 'page-sizes': 'mapped-ram-header', pages: 'pages' },
  ...{ 'ram-flags': 'ram-words', sections: 'section', stream: 'stream-header', truncation: 'end' },
  vmdescription: 'vmdescription',
};

/** `conformance new-vector` */
export const newVectorCommand: Command = {
  arguments: '[options] AREA/SLUG',
  description: `Makes a vector: its file, what every QEMU does with it, and its definition. Real QEMU is asked what it does, and that is what the vector expects; the linter's rules that fire are listed in it. The definition goes to src/vectors/AREA.ts, with AREA one of ${Object.keys(STAGES).sort().join(', ')}. SLUG is a name of its own.`,
  optionGroups: [
    {
      title: 'Options',
      options: [
        { name: 'what', value: 'TEXT', help: 'The fault, in one sentence.' },
        { name: 'why', value: 'TEXT', help: 'Why it is worth a vector, in one sentence.' },
        { name: 'clause', value: 'ID', repeatable: true, help: 'A clause of spec/mapped-ram.md.' },
        {
          name: 'mutate',
          value: 'CODE',
          help: 'How the file is damaged: TypeScript, of the mutation m (src/builder/mutation.ts) with the places of the file.',
        },
        {
          name: 'candidate',
          value: 'FILE',
          help: "A disagreement that 'fuzz' has saved: its base and edits.",
        },
        { name: 'base', value: 'CAPTURE', help: 'The good file to damage; qemu-10.0/none by default.' },
        {
          name: 'needs-destination',
          value: 'TEXT',
          help: 'Why what QEMU does cannot be known from the file alone.',
        },
        { name: 'stage', value: 'STAGE', help: `Where the fault is met: ${stages.join(', ')}.` },
      ],
    },
  ],
  exitStatus: [
    ['0', 'the linter predicts what QEMU does, or cannot know it'],
    ['1', 'it does not; the vector is there all the same'],
    ['2', 'the command line cannot be used, or something could not be read'],
  ],
  examples: [
    [
      "conformance new-vector header/page-size-3 --what 'page_size is 3.' --why 'It divides nothing.' --clause HEADER-3 --mutate 'm.u64(m.block(0).pageSizeOffset, 3n)'",
      'a page size that is no power of two',
    ],
  ],

  async run(line) {
    const values: Options = {
      what: lastValue(line, 'what'),
      why: lastValue(line, 'why'),
      clause: line.values.get('clause') ?? [],
      mutate: lastValue(line, 'mutate'),
      candidate: lastValue(line, 'candidate'),
      base: lastValue(line, 'base'),
      stage: lastValue(line, 'stage'),
      needsDestination: lastValue(line, 'needs-destination'),
    };
    const [id = '', ...others] = line.paths;
    if (others.length > 0) throw new UsageError(`one vector at a time, not ${others.join(' ')} too`);
    const idea = ideaOf(id, values);
    const path = `${SOURCES}${areaOf(id)}.ts`;
    const made = await makeNewVector(idea).catch((error: Error) => {
      throw error instanceof MutationError ? new UsageError(error.message) : error;
    });
    vectorStore.write(made.vector);
    appendDefinition(path, definitionText(made.definition, idea.mutation));
    for (const command of ['npx biome check --write conformance/src/vectors', 'npm run build'])
      runQuietly(command);
    return tell(made, path);
  },
};

interface Options {
  readonly what?: string | undefined;
  readonly why?: string | undefined;
  readonly clause: readonly string[];
  readonly mutate?: string | undefined;
  readonly candidate?: string | undefined;
  readonly base?: string | undefined;
  readonly stage?: string | undefined;
  readonly needsDestination?: string | undefined;
}

function ideaOf(id: string, options: Options): VectorIdea {
  const { what, why, clause, mutate, candidate, base, stage, needsDestination } = options;
  const area = areaOf(id);
  if (readVector(id) !== undefined) throw new UsageError(`there is a vector ${id} already`);
  if (what === undefined || why === undefined) throw new UsageError('--what and --why are missing');
  if (clause.length === 0)
    throw new UsageError('--clause is missing: which clause of spec/mapped-ram.md is it about?');
  const specification = readFileSync(
    fileURLToPath(new URL('../../../spec/mapped-ram.md', import.meta.url)),
    'utf8',
  );
  const unknown = clause.find((one) => !specification.includes(`\n**${one}**`));
  if (unknown !== undefined) throw new UsageError(`spec/mapped-ram.md has no clause ${unknown}`);
  if ((mutate === undefined) === (candidate === undefined))
    throw new UsageError('give --mutate or --candidate');
  const found = candidate === undefined ? undefined : readCandidate(candidate);
  const from = base ?? found?.base ?? 'qemu-10.0/none';
  if (!listCaptures().includes(from) || !captureInfo(from).good) {
    throw new UsageError(`there is no good capture ${from}; fixtures/captures has them`);
  }
  return {
    ...{ id, what, why, clauses: clause, base: from, stage: stageOf(stage ?? STAGES[area]) },
    ...(needsDestination !== undefined && { needsDestination }),
    mutation: mutate ?? `m.apply(${JSON.stringify(found?.edits)})`,
  };
}

function areaOf(id: string): string {
  const [, area = ''] = /^([a-z][a-z0-9-]*)\/[a-z0-9][a-z0-9-]*$/.exec(id) ?? [];
  const areas = Object.keys(STAGES).sort();
  if (areas.includes(area)) {
    if (existsSync(`${SOURCES}${area}.ts`)) return area;
    throw new UsageError('new vectors are made in a checkout: src/vectors is missing here');
  }
  throw new UsageError(
    `a vector is called AREA/SLUG, with AREA one of ${areas.join(', ')}; not ${id || 'nothing'}`,
  );
}

function stageOf(text: string | undefined): Stage {
  const stage = stages.find((known) => known === text);
  if (stage === undefined)
    throw new UsageError(`--stage takes ${stages.join(', ')}, not ${text ?? 'nothing'}`);
  return stage;
}

function readCandidate(path: string): { readonly base: string; readonly edits: readonly Edit[] } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} is no candidate: ${(error as Error).message}`);
  }
}

/** @returns whether it worked; what it printed is only shown where it did not */
function runQuietly(command: string): boolean {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: CHECKOUT_PATH,
    encoding: 'utf8',
  });
  if (status !== 0) console.error(`${command} failed: correct the definition\n${stdout}${stderr}`);
  return status === 0;
}

function tell({ vector, predicted }: NewVector, path: string): ExitStatus {
  const { id, expected, qemu = {}, needsDestination } = vector;
  console.log(`${id}: ${expected.outcome}; rules: ${expected.rules.join(', ') || 'none'}`);
  let wrong = 0;
  for (const [version, record] of Object.entries(qemu)) {
    for (const mode of restoreModes) {
      const { verdict, says } = record?.[mode] ?? {};
      const prediction = predicted.get(`${version} ${mode}`);
      if (verdict === undefined) continue;
      if (verdict !== prediction) wrong++;
      const told = verdict === prediction ? '' : `; the linter predicts ${prediction}`;
      console.log(`  QEMU ${version} ${mode}: ${verdict}${says ? ` (${says})` : ''}${told}`);
    }
  }
  console.log(`defined in ${path}`);
  if (needsDestination !== undefined) return ExitStatus.ok;
  if (wrong > 0) {
    console.log(
      'QEMU is right: mend the rule, or say with --needs-destination what only the destination knows.',
    );
  }
  return wrong === 0 ? ExitStatus.ok : ExitStatus.errorsFound;
}
