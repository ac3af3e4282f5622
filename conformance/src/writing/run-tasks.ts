import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunAnswer } from '../protocol/messages.js';
import { isFailure, type TesteeFailure, TesteeProcess } from '../protocol/testee-process.js';
import type { Expectation, ResultStatus, RunResult } from '../run/expectation.js';
import { defaultLimits, runTestee } from '../run/run-testee.js';
import { type FoundTestee, findTestee, listTestees } from '../run/testees.js';
import type { TestCase } from '../run/vector-case.js';
import { type TaskInputs, writeTaskInputs } from './task-inputs.js';
import type { WritingTask } from './writing-task.js';

/** Readers that share no code with each other. Two of them that are not the writer look at what was written. */
const READERS = ['ts', 'python-prose', 'kaitai-python'];

const QEMUS = ['qemu-10.0', 'qemu-10.0-multifd', 'qemu-11.1', 'qemu-11.1-multifd'];

/** A file that a testee made. */
interface WrittenFile {
  readonly task: WritingTask;
  readonly file: string;
  readonly saved: TaskInputs['saved'];
}

/** How to have a testee write. */
export interface WritingOptions {
  readonly limits?: typeof defaultLimits;
  /** Who restores what was written; every QEMU if not given. */
  readonly restorers?: readonly string[];
}

/**
 * Has a testee write snapshots, and two other implementations and QEMU look at each.
 *
 * @returns A result for each file that was to be written, and one for each question about it; none where the testee
 * does not write.
 * @throws Error where the testee does not start.
 */
export async function runTasks(
  testee: FoundTestee,
  tasks: readonly WritingTask[],
  { limits = defaultLimits, restorers = QEMUS }: WritingOptions = {},
): Promise<RunResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-writing-'));
  try {
    const { results, written } = await writeAll(testee, tasks, folder, limits);
    if (written.length === 0) return results;
    const readers = READERS.filter(
      (name) => name !== testee.command.name && listTestees().includes(name),
    ).slice(0, 2);
    for (const judge of [...readers, ...restorers]) results.push(...(await judgeAll(judge, written)));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeAll(
  { command, folder: testeeFolder }: FoundTestee,
  tasks: readonly WritingTask[],
  folder: string,
  limits: typeof defaultLimits,
): Promise<{ results: RunResult[]; written: WrittenFile[] }> {
  const process = new TesteeProcess(command, testeeFolder, limits);
  const results: RunResult[] = [];
  const written: WrittenFile[] = [];
  try {
    const start = await process.start();
    if (isFailure(start)) throw new Error(`the testee does not start: ${start.failure}, ${start.detail}`);
    if (!start.operations.includes('write')) return { results, written };
    for (const [seq, task] of tasks.entries()) {
      const { snapshot, saved } = await writeTaskInputs(task, join(folder, `${seq}`));
      const file = join(folder, `${seq}.mr`);
      const { id, streamOffset } = task;
      const reply = await process.run({
        ...{ cmd: 'run', seq, operation: 'write', vector: id, file, snapshot },
        ...(streamOffset !== undefined && { streamOffset }),
      });
      const [status, detail] = statusOf(reply, file);
      results.push({ id, question: 'write', status, detail });
      if (status === 'passed') written.push({ task, file, saved });
    }
    return { results, written };
  } finally {
    await process.stop();
  }
}

function statusOf(reply: RunAnswer | TesteeFailure, file: string): [ResultStatus, string] {
  if (isFailure(reply)) return [reply.failure, reply.detail];
  if ('skipped' in reply) return ['skipped', reply.skipped.reason];
  if ('errored' in reply) return ['errored', reply.errored.message];
  if ('rejected' in reply) return ['failed', `rejected: ${reply.rejected.message}`];
  if (!('sizeBytes' in reply.ok)) return ['failed', 'does not say how long the file is'];
  const sizeBytes = statSync(file, { throwIfNoEntry: false })?.size;
  if (sizeBytes === reply.ok.sizeBytes) return ['passed', ''];
  const found = sizeBytes === undefined ? 'there is no file' : `the file has ${sizeBytes} bytes`;
  return ['failed', `wanted the ${reply.ok.sizeBytes} bytes that were told, but ${found}`];
}

async function judgeAll(judge: string, written: readonly WrittenFile[]): Promise<RunResult[]> {
  const cases = written.map(caseOf);
  const expectations = new Map(written.map(({ task }) => [task.id, expectationOf(task)]));
  const questionnaire = { cases, operations: ['judge', 'read'] } as const;
  const results = await runTestee(
    findTestee(judge),
    questionnaire,
    (id) => expectations.get(id) as Expectation,
  ).catch((error: Error) =>
    // What it needs is not installed.
    cases.map(({ id }): RunResult => ({ id, question: 'read', status: 'skipped', detail: error.message })),
  );
  return results.map(({ question, ...result }) => ({ ...result, question: `${question} by ${judge}` }));
}

function caseOf({ task, file, saved }: WrittenFile): TestCase {
  const { id, streamOffset, destination } = task;
  return {
    ...{ id, saved, destination, findsStream: false },
    ...(streamOffset !== undefined && { streamOffset }),
    write: (path) => Promise.resolve(copyFileSync(file, path)),
  };
}

/** A file that was written as it should be gives the memory, restores wherever its machine is known, and no rule warns of it. */
function expectationOf({ expected, restoredBy }: WritingTask): Expectation {
  return {
    verdict: (version) => (restoredBy.includes(version) ? 'restores' : undefined),
    unknownBecause: 'this QEMU does not restore such a snapshot of another QEMU either',
    blocks: expected.blocks,
  };
}
