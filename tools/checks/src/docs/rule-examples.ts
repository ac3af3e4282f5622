import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  buildPackedImage,
  buildVectorImage,
  type PackedVector,
  readPackedVectors,
  readVectors,
  type Vector,
  writeImage,
} from '@mapped-ram/conformance';
import { type Rule, rules } from '@mapped-ram/lint';
import { CHECKOUT_PATH } from './checkout.js';

/** A file that fires a rule, and what `mr-lint` prints of it. */
export interface RuleExample {
  readonly vector: Vector | PackedVector;
  /** The arguments of `mr-lint`, the file's name last. */
  readonly args: readonly string[];
  readonly output: string;
}

const RUNNER = join(CHECKOUT_PATH, 'tools/checks/dist/docs/bin/lint-files.js');

/**
 * An example for each rule, by its id, made by running `mr-lint` on a conformance vector that fires it. The vector with
 * the fewest faults is taken, and QEMU 10.0 is asked only where the newest does not mind.
 *
 * @throws Error where a rule has no vector that fires it.
 */
export async function ruleExamples(): Promise<ReadonlyMap<string, RuleExample>> {
  const vectors = [...readVectors(), ...readPackedVectors()];
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-rule-examples-'));
  try {
    const examples = new Map<string, RuleExample>();
    let pending = rules
      .filter(({ aboutContainer }) => aboutContainer !== true)
      .map((rule) => ({ rule, attempts: attemptsFor(rule, vectors) }));
    for (let turn = 0; pending.length > 0; turn++) {
      const asked = pending.map(({ rule, attempts }) => ({ rule, ...attemptAt(rule, attempts, turn) }));
      for (const { vector } of asked) await writeVector(vector, folder);
      const outputs = await lintFiles(
        asked.map(({ args }) => args),
        folder,
      );
      asked.forEach(({ rule, vector, args }, index) => {
        const output = outputs[index] ?? '';
        if (mentions(output, rule)) examples.set(rule.id, { vector, args, output });
      });
      pending = pending.filter(({ rule }) => !examples.has(rule.id));
    }
    return examples;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Attempt = Pick<RuleExample, 'vector' | 'args'>;

/** What may show the rule, the simplest first. */
function attemptsFor({ id, needs }: Rule, vectors: readonly RuleExample['vector'][]): Attempt[] {
  return vectors
    .filter(({ expected }) => expected.rules?.includes(id))
    .sort((a, b) => (a.expected.rules?.length ?? 0) - (b.expected.rules?.length ?? 0))
    .flatMap((vector) => {
      const offset = isPacked(vector) || vector.readBy !== undefined ? undefined : vector.streamOffset;
      const options = [
        ...(needs === 'pages' || isPacked(vector) ? ['--deep'] : []),
        ...(offset === undefined ? [] : ['--offset', String(offset)]),
      ];
      const name = fileName(vector);
      return [
        { vector, args: [...options, name] },
        { vector, args: [...options, '--qemu', '10.0', name] },
      ];
    });
}

function attemptAt({ id }: Rule, attempts: readonly Attempt[], turn: number): Attempt {
  const attempt = attempts[turn];
  if (attempt === undefined) throw new Error(`no vector fires ${id}`);
  return attempt;
}

function isPacked(vector: RuleExample['vector']): vector is PackedVector {
  return vector.id.startsWith('packed/');
}

/** Ids are unique by area only. */
function fileName(vector: RuleExample['vector']): string {
  return `${vector.id.replace('/', '-')}.${isPacked(vector) ? 'zst' : 'mr'}`;
}

async function writeVector(vector: RuleExample['vector'], folder: string): Promise<void> {
  if (isPacked(vector)) return writeImage(buildPackedImage(vector), join(folder, fileName(vector)));
  await writeImage(await buildVectorImage(vector), join(folder, fileName(vector)), vector.file.storage);
}

/** What `mr-lint` prints for each list of arguments; it is run in the folder, so that files go by their bare names. */
async function lintFiles(runs: readonly (readonly string[])[], folder: string): Promise<readonly string[]> {
  const args = [RUNNER, JSON.stringify(runs)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

function mentions(output: string, { id }: Rule): boolean {
  return output.split('\n').some((line) => /^ +(error|warning|note) /.test(line) && line.endsWith(` ${id}`));
}

/** The example as a part of the rule's page: Markdown without a heading. `toSuite` is the address of the conformance suite's folder. */
export function exampleText({ vector, args, output }: RuleExample, toSuite: string): string {
  const path = isPacked(vector) ? `${vector.id}.json` : `vectors/${vector.id}.json`;
  const link = `[\`${vector.id}\`](${toSuite}/${path})`;
  return [
    `${vector.what} This is the test file ${link}:`,
    '',
    '```',
    `$ mr-lint ${args.join(' ')}`,
    output.trimEnd(),
    '```',
  ].join('\n');
}
