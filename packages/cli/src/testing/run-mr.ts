import { main } from '../mr/main.js';
import { memoryTerminal } from './memory-terminal.js';

/** What a command did. */
export interface MrOutcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `mr` with these arguments, without a process and a terminal. */
export async function runMr(...argv: string[]): Promise<MrOutcome> {
  const terminal = memoryTerminal({ columns: 100 });
  const status = await main(argv, terminal, new AbortController().signal);
  return { status, out: terminal.out, err: terminal.err };
}

/** The same, and takes its output for JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a test says by its expectations what it takes it for
export async function runMrJson(...argv: string[]): Promise<any> {
  return JSON.parse((await runMr(...argv, '--format', 'json')).out);
}
