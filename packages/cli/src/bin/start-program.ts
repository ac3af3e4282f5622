import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { ExitStatus } from '../shared/exit-status.js';
import type { Terminal } from '../shared/terminal.js';

/** The whole of a program but the process. */
export type Main = (argv: readonly string[], terminal: Terminal, signal: AbortSignal) => Promise<ExitStatus>;

const UNUSABLE: ExitStatus = 2;
const INTERRUPTED: ExitStatus = 130;

/**
 * Makes a process of a program: its arguments, streams, signals and exit status. Signals are heard before anything is waited for.
 *
 * @param load Brings the program; where the system refuses that, it is said in one line.
 */
export async function startProgram(name: string, load: () => Promise<Main>): Promise<void> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second one ends the process at once.
    process.once(signal, () => {
      received = signal;
      controller.abort();
    });
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough is no fault.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`${name}: cannot write to standard output: ${error.message}\n`);
    process.exit(UNUSABLE);
  });
  try {
    const main = await load();
    const status = await main(process.argv.slice(2), process, controller.signal);
    const wasEnded = status === INTERRUPTED && received !== undefined;
    // As shells count.
    process.exitCode = wasEnded ? 128 + constants.signals[received as NodeJS.Signals] : status;
  } catch (error) {
    const [, reason] = getSystemErrorMap().get((error as NodeJS.ErrnoException).errno ?? 0) ?? [];
    if (reason === undefined) throw error;
    process.stderr.write(`${name}: cannot be loaded: ${reason}\n`);
    process.exitCode = UNUSABLE;
  }
}
