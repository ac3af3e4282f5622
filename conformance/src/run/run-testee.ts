import { availableParallelism } from 'node:os';
import type { StartAnswer } from '../protocol/messages.js';
import { TesteeProcess } from '../protocol/testee-process.js';
import { assess, assessRules, type Expectation, type RunResult } from './expectation.js';
import { applyKnownFailing } from './known-failing.js';
import { type AskedQuestion, putQuestions, type Questionnaire } from './put-questions.js';
import type { FoundTestee } from './testees.js';
import { CaseFiles } from './vector-case.js';

/** What a question may take, on a busy machine too. A hanging QEMU is ended by its testee before. */
export const defaultLimits = { timeoutMs: 120_000, memoryBytes: 512 * 1024 * 1024 };

/** Puts the questions to a testee, in as many processes as there are processors, and hands on each answer. */
export async function askTestee(
  { command, folder }: FoundTestee,
  questionnaire: Questionnaire,
  onAnswer: (asked: AskedQuestion) => void,
  limits = defaultLimits,
): Promise<StartAnswer> {
  const files = new CaseFiles();
  const jobs = Math.min(availableParallelism(), questionnaire.cases.length);
  const processes = Array.from({ length: jobs }, () => new TesteeProcess(command, folder, limits));
  try {
    return await putQuestions(processes, questionnaire, files, onAnswer);
  } finally {
    files.close();
  }
}

/**
 * Runs a testee and holds each answer against what was expected.
 *
 * @returns One result a question, and of a linter one a vector for its rules, sorted by vector.
 */
export async function runTestee(
  testee: FoundTestee,
  questionnaire: Questionnaire,
  expectationFor: (id: string) => Expectation,
  limits = defaultLimits,
): Promise<RunResult[]> {
  const answers: AskedQuestion[] = [];
  const { knows } = await askTestee(testee, questionnaire, (asked) => answers.push(asked), limits);
  const results = answers.map((asked) => assess(asked, expectationFor(asked.testCase.id), knows));
  for (const testCase of questionnaire.cases) {
    const judgements = answers.filter((asked) => asked.testCase === testCase && asked.operation === 'judge');
    const rules = assessRules(judgements, expectationFor(testCase.id));
    if (rules !== undefined) results.push(rules);
  }
  const sorted = results.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return applyKnownFailing(sorted, testee.knownFailing);
}
