import type {
  JudgedQemu,
  Operation,
  RunAnswer,
  RunRequest,
  SavedFile,
  SavedMemory,
  StartAnswer,
} from '../protocol/messages.js';
import { isFailure, type TesteeFailure, type TesteeProcess } from '../protocol/testee-process.js';
import type { CaseFiles, TestCase } from './vector-case.js';

/** One question, as it was answered. */
export interface AskedQuestion {
  readonly testCase: TestCase;
  readonly operation: Operation;
  /** For `judge`. */
  readonly qemu?: JudgedQemu;
  readonly reply: RunAnswer | TesteeFailure;
}

/** What is asked: which operations, of which cases. */
export interface Questionnaire {
  readonly cases: readonly TestCase[];
  readonly operations: readonly Operation[];
}

/**
 * Puts every question to a testee and yields the answers in the order in which they come.
 *
 * @param processes As many as shall work at once; each is started and stopped here.
 * @throws Error where the testee does not start: then nothing can be said about any file.
 */
export async function putQuestions(
  processes: readonly TesteeProcess[],
  { cases, operations }: Questionnaire,
  files: CaseFiles,
  onAnswer: (question: AskedQuestion) => void,
): Promise<StartAnswer> {
  const queue = cases.values();
  const starts = await Promise.all(processes.map((process) => process.start()));
  const failed = starts.find(isFailure);
  try {
    if (failed !== undefined)
      throw new Error(`the testee does not start: ${failed.failure}, ${failed.detail}`);
    const start = starts[0] as StartAnswer;
    const work = async (process: TesteeProcess): Promise<void> => {
      for (const testCase of queue) await putCase(process, start, testCase, operations, files, onAnswer);
    };
    await Promise.all(processes.map(work));
    return start;
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}

let lastSeq = 0;

async function putCase(
  process: TesteeProcess,
  start: StartAnswer,
  testCase: TestCase,
  operations: readonly Operation[],
  files: CaseFiles,
  onAnswer: (question: AskedQuestion) => void,
): Promise<void> {
  const isTold = testCase.streamOffset !== undefined && !(testCase.findsStream && start.knows === 'file');
  const asked = operationsFor(testCase, start, operations);
  if (asked.length === 0) return;
  await files.use(testCase, async (file) => {
    const saved = await whatWasSaved(testCase, file, files);
    for (const operation of asked) {
      for (const qemu of operation === 'judge' ? (start.judges ?? []) : [undefined]) {
        const request: RunRequest = {
          cmd: 'run',
          seq: ++lastSeq,
          operation,
          vector: testCase.id,
          file,
          ...(isTold && { streamOffset: testCase.streamOffset as number }),
          ...(qemu !== undefined && { qemu }),
          ...(testCase.mappedRam === false && { mappedRam: false as const }),
          ...(testCase.internalSnapshot !== undefined && { internalSnapshot: testCase.internalSnapshot }),
          ...(start.knows === 'destination' && { destination: testCase.destination, saved }),
        };
        const reply = await process.run(request);
        onAnswer({ testCase, operation, ...(qemu !== undefined && { qemu }), reply });
      }
    }
  });
}

/** What a testee is asked of a file. */
function operationsFor(
  { operations: own = [] }: TestCase,
  start: StartAnswer,
  all: readonly Operation[],
): readonly Operation[] {
  const [first] = own;
  if (first !== undefined && !start.operations.includes(first)) return [];
  return (first === undefined ? all : own).filter((wanted) => start.operations.includes(wanted));
}

async function whatWasSaved(
  { saved, streamOffset, internalSnapshot }: TestCase,
  file: string,
  files: CaseFiles,
): Promise<SavedFile | SavedMemory> {
  if (saved === undefined) {
    const inDisk = internalSnapshot === undefined ? {} : { internalSnapshot };
    return { file, streamOffset: streamOffset ?? 0, ...inDisk };
  }
  return typeof saved === 'string' ? files.saved(saved) : saved;
}
