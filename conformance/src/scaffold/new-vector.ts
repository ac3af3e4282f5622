import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import type { VectorDefinition } from '../builder/define.js';
import { generateVector } from '../builder/generate.js';
import { be, concat, counted, type Mutation } from '../builder/mutation.js';
import { isFailure } from '../protocol/testee-process.js';
import { askQemu, withRecord } from '../run/ask-qemu.js';
import { askTestee } from '../run/run-testee.js';
import { findTestee } from '../run/testees.js';
import { captureCase, type TestCase, vectorCase } from '../run/vector-case.js';
import { seenOutcome } from '../vector/outcome.js';
import { restoreModes, type Vector } from '../vector/vector.js';
import type { MutationText } from './definition-text.js';

/** What an author has to say; the rest is found out. */
export type VectorIdea = Pick<
  VectorDefinition,
  'id' | 'what' | 'why' | 'clauses' | 'base' | 'stage' | 'needsDestination'
> & {
  readonly mutation: MutationText;
};

/** A vector, and what was predicted of it, by QEMU and mode: `10.0 plain`. */
export interface NewVector {
  readonly definition: VectorDefinition;
  readonly vector: Vector;
  readonly predicted: ReadonlyMap<string, string>;
}

/** The author's mutation does not run. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

/**
 * Makes a vector, asks every QEMU what it does with it, and the linter which rules fire.
 *
 * @throws MutationError; Error where no QEMU could be asked.
 */
export async function makeNewVector({ mutation, ...idea }: VectorIdea): Promise<NewVector> {
  const mutate = compileMutation(mutation);
  const draft: VectorDefinition = { ...idea, outcome: 'hazard', mutate };
  const recorded = await askEveryQemu(await generateVector(draft, undefined));
  const outcome = seenOutcome(recorded);
  if (outcome === undefined) throw new Error('no QEMU could be asked; npm run tools fetches them');
  const { predicted, rules } = await askLinter(recorded);
  const seen = { ...draft, outcome, rules };
  const definition = (await canBeRead(seen, recorded)) ? seen : { ...seen, readersMayReject: true };
  return { definition, vector: await generateVector(definition, recorded), predicted };
}

async function askEveryQemu(draft: Vector): Promise<Vector> {
  let vector = draft;
  for (const version of QEMU_VERSIONS) {
    for (const mode of restoreModes) {
      const { fullVersion, answers } = await askQemu([draft], version, mode);
      const answer = answers.get(draft.id);
      if (answer !== undefined && 'verdict' in answer) {
        vector = withRecord(vector, version, mode, fullVersion, answer);
      }
    }
  }
  return vector;
}

/** The author's own words, run in the author's own checkout. */
function compileMutation(text: MutationText): (m: Mutation) => void {
  return (m) => {
    try {
      const mutate = new Function('be', 'concat', 'counted', `return (m) => ${text};`)(be, concat, counted);
      mutate(m);
    } catch (error) {
      throw new MutationError(`the mutation does not run: ${error}`, { cause: error });
    }
  };
}

async function canBeRead(definition: VectorDefinition, recorded: Vector): Promise<boolean> {
  return generateVector(definition, recorded).then(
    () => true,
    () => false,
  );
}

/** What the linter predicts, and the rules that find more than a note, and not in the base too. */
async function askLinter(vector: Vector): Promise<Pick<NewVector, 'predicted'> & { rules: string[] }> {
  const ofVector = await judgementsOf(vectorCase(vector));
  const ofBase = await judgementsOf(captureCase(vector.base));
  const known = new Set(ofBase.flatMap(({ rules }) => rules));
  const rules = new Set(ofVector.flatMap((judged) => judged.rules).filter((id) => !known.has(id)));
  return {
    predicted: new Map(ofVector.map(({ qemu, verdict }) => [qemu, verdict])),
    rules: [...rules].sort(),
  };
}

interface LinterJudgement {
  readonly qemu: string;
  readonly verdict: string;
  readonly rules: readonly string[];
}

async function judgementsOf(testCase: TestCase): Promise<LinterJudgement[]> {
  const judgements: LinterJudgement[] = [];
  await askTestee(findTestee('ts'), { cases: [testCase], operations: ['judge'] }, ({ qemu, reply }) => {
    if (isFailure(reply) || !('ok' in reply) || !('verdict' in reply.ok)) return;
    const { verdict, rules = [] } = reply.ok;
    judgements.push({
      qemu: `${qemu?.version} ${qemu?.multifd === true ? 'multifd' : 'plain'}`,
      verdict,
      rules: rules.filter(({ severity }) => severity !== 'note').map(({ id }) => id),
    });
  });
  return judgements;
}
