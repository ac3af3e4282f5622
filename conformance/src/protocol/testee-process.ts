import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RunAnswer, RunRequest, StartAnswer } from './messages.js';
import { PROTOCOL_VERSION } from './messages.js';
import { isRunAnswer, isStartAnswer } from './validate.js';

/** How to start a testee: the contents of its `testee.json`. */
export interface TesteeCommand {
  readonly name: string;
  /** Program and arguments; started in the testee's folder. */
  readonly command: readonly [string, ...string[]];
}

/** What a testee may take for one question. */
export interface TesteeLimits {
  readonly timeoutMs: number;
  /** Resident memory of the testee's process, in bytes. */
  readonly memoryBytes: number;
}

/** A failure of the testee itself; it says nothing about the file. The process is gone afterwards. */
export interface TesteeFailure {
  readonly failure: 'crashed' | 'timed-out' | 'malformed' | 'over-memory';
  readonly detail: string;
}

const MEMORY_POLL_MS = 50;
/** How long a testee may take to say who it is: starting a program is not yet work on a file. */
const START_MS = 300_000;
/** How long an asked-for end may take. */
const GRACE_MS = 2_000;
const STDERR_TAIL = 2_000;

/** One testee, running. It is started again by the next question after a failure. */
export class TesteeProcess {
  readonly #testee: TesteeCommand;
  readonly #folder: string;
  readonly #limits: TesteeLimits;
  #child: ChildProcessWithoutNullStreams | undefined;
  #stderr = '';
  #waiting: ((reply: string | TesteeFailure) => void) | undefined;

  /** Nothing is started yet. */
  constructor(testee: TesteeCommand, folder: string, limits: TesteeLimits) {
    this.#testee = testee;
    this.#folder = folder;
    this.#limits = limits;
  }

  /** Starts the process and asks who it is. */
  async start(): Promise<StartAnswer | TesteeFailure> {
    this.#spawn();
    const reply = await this.#ask({ cmd: 'start', protocol: PROTOCOL_VERSION }, START_MS);
    return isFailure(reply) || isStartAnswer(reply) ? reply : this.#fail('malformed', JSON.stringify(reply));
  }

  /** Asks one question. Questions may not overlap. */
  async run(request: RunRequest): Promise<RunAnswer | TesteeFailure> {
    if (this.#child === undefined) {
      const started = await this.start();
      if (isFailure(started)) return started;
    }
    const reply = await this.#ask(request, this.#limits.timeoutMs);
    if (isFailure(reply)) return reply;
    if (isRunAnswer(reply) && reply.seq === request.seq) return reply;
    return this.#fail('malformed', JSON.stringify(reply));
  }

  /** Asks the process to end, and ends it where it does not. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end('{"cmd":"stop"}\n');
    const timer = setTimeout(() => end(child), GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #spawn(): void {
    const [program, ...args] = this.#testee.command;
    const child = spawn(program, args, { cwd: this.#folder, stdio: 'pipe' });
    this.#child = child;
    this.#stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    child.stdin.on('error', () => {}); // a process that ended is told by 'close'
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting?.(line));
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('close', (code, signal) => this.#ended(child, signal ?? `ended with status ${code}`));
  }

  #ended(child: ChildProcessWithoutNullStreams, how: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    const stderr = this.#stderr.trim();
    this.#waiting?.({ failure: 'crashed', detail: stderr === '' ? how : `${how}: ${stderr}` });
  }

  async #ask(request: unknown, timeoutMs: number): Promise<unknown | TesteeFailure> {
    const reply = await new Promise<string | TesteeFailure>((resolve) => {
      const timer = setTimeout(
        () => this.#waiting?.(this.#fail('timed-out', `no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const poll = setInterval(() => {
        const residentBytes = residentMemory(this.#child?.pid);
        if (residentBytes <= this.#limits.memoryBytes) return;
        this.#waiting?.(this.#fail('over-memory', `${residentBytes} bytes resident`));
      }, MEMORY_POLL_MS);
      this.#waiting = (answer) => {
        this.#waiting = undefined;
        clearTimeout(timer);
        clearInterval(poll);
        resolve(answer);
      };
      this.#child?.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (typeof reply !== 'string') return reply;
    try {
      return JSON.parse(reply);
    } catch {
      return this.#fail('malformed', reply.slice(0, STDERR_TAIL));
    }
  }

  #fail(failure: TesteeFailure['failure'], detail: string): TesteeFailure {
    if (this.#child !== undefined) end(this.#child);
    this.#child = undefined;
    return { failure, detail };
  }
}

/** SIGTERM first, so that a testee can end what it has started itself. */
function end(child: ChildProcessWithoutNullStreams): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Whether a reply is a failure of the testee. */
export function isFailure(reply: unknown): reply is TesteeFailure {
  return typeof reply === 'object' && reply !== null && 'failure' in reply;
}

/** 0 where it is not known: the process is gone, or there is no /proc. */
function residentMemory(pid: number | undefined): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(resident) * 4096;
  } catch {
    return 0;
  }
}
