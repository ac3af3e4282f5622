import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** How virsh ended, and what it said. */
export interface VirshAnswer {
  /** As virsh ends where it is started for one command: 0, or 1 where it says `error: `. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PROMPT = 'virsh # ';

/** Its connection is gone then; it would have another at the next command, and say so. */
const DISCONNECTED = 'error: Disconnected from';

/**
 * A virsh that takes one command after another from its standard input: starting one for each takes 50 ms, as long as many a command. It prompts, and
 * repeats what it reads. Behind each command it gets one that it does not know, and is done when it says so.
 */
export class VirshSession {
  readonly #virsh: ChildProcessWithoutNullStreams;
  #stdout = '';
  #stderr = '';
  #asked = 0;
  #code: number | null | undefined;
  #onWords: () => void = () => {};
  #isConnected = true;

  /** @param command The program and its arguments. */
  constructor([file = '', ...args]: readonly string[]) {
    // A dumb terminal: what is longer than a line is repeated in part, but on one line.
    const virsh = spawn(file, args, { env: { ...process.env, LC_ALL: 'C', TERM: 'dumb' } });
    virsh.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#onWords();
    });
    virsh.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#onWords();
    });
    virsh.on('error', (error) => {
      this.#stderr += error.message;
    });
    virsh.on('close', (code) => {
      this.#code = code;
      this.#onWords();
    });
    // What it does not read any more is told by its end.
    virsh.stdin.on('error', () => {});
    this.#virsh = virsh;
  }

  /** Whether it can be asked once more. */
  get isUsable(): boolean {
    return this.#isConnected && this.#code === undefined;
  }

  /** One at a time. */
  async ask(args: readonly string[]): Promise<VirshAnswer> {
    const mark = `end-of-answer-${++this.#asked}`;
    this.#virsh.stdin.write(`${args.map(quoted).join(' ')}\n${mark}\n`);
    const [markRead, markRefused] = [`${PROMPT}${mark}\n`, `error: unknown command: '${mark}'\n`];
    await this.#until(() => this.#stdout.includes(markRead) && this.#stderr.includes(markRefused));
    const stdout = taken(this.#stdout, markRead);
    const stderr = taken(this.#stderr, markRefused);
    [this.#stdout, this.#stderr] = [stdout.rest, stderr.rest];
    this.#isConnected = !stderr.before.includes(DISCONNECTED);
    return {
      code: this.#code === undefined ? Number(/^error: /m.test(stderr.before)) : this.#code,
      // The first line is the prompt and the command.
      stdout: stdout.before.slice(stdout.before.indexOf('\n') + 1),
      stderr: stderr.before,
    };
  }

  end(): void {
    this.#virsh.kill('SIGKILL');
  }

  /** Waits until what was said fulfils a condition, or there is nothing more to be said. */
  #until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onWords = () => {
        if (this.#code === undefined && !isTrue()) return;
        this.#onWords = () => {};
        resolve();
      };
      this.#onWords();
    });
  }
}

/** A word of virsh's own language. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

function taken(text: string, mark: string): { before: string; rest: string } {
  const at = text.indexOf(mark);
  return at < 0
    ? { before: text, rest: '' }
    : { before: text.slice(0, at), rest: text.slice(at + mark.length) };
}
