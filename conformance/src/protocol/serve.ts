import { createInterface } from 'node:readline';
import type { Request, RunAnswer, RunRequest, StartAnswer } from './messages.js';

/** What a testee does; the loop around it is {@link serveTestee}. */
export interface Testee {
  readonly start: StartAnswer;
  /** Answers one question, without its `seq`. What it throws becomes `errored`. */
  run(request: RunRequest): Promise<AnswerBody>;
}

/** A {@link RunAnswer} before it has its `seq`. */
export type AnswerBody = RunAnswer extends infer Answer
  ? Answer extends unknown
    ? Omit<Answer, 'seq'>
    : never
  : never;

/** Speaks the protocol on stdin and stdout, one question at a time, until `stop` or the end of stdin. */
export async function serveTestee(testee: Testee): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if (request.cmd === 'stop') return;
    send(request.cmd === 'start' ? testee.start : { ...(await answer(testee, request)), seq: request.seq });
  }
}

async function answer(testee: Testee, request: RunRequest): Promise<AnswerBody> {
  try {
    return await testee.run(request);
  } catch (error) {
    return { errored: { message: String(error) } };
  }
}

function send(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
