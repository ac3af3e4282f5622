import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { ExitStatus } from './exit-status.js';
import { ProcessOutput } from './process-output.js';
import type { Terminal } from './terminal.js';

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
  const stderr = new ProcessOutput(
    2,
    () => process.stderr,
    () => {},
  );
  const stdout = new ProcessOutput(
    1,
    () => process.stdout,
    (error) => {
      // A reader that has seen enough is no fault.
      if (error.code === 'EPIPE') return;
      stderr.write(`${name}: cannot write to standard output: ${error.message}\n`);
      process.exit(UNUSABLE);
    },
  );
  try {
    const main = await load();
    const status = await main(process.argv.slice(2), { stdout, stderr, env: process.env }, controller.signal);
    const wasEnded = status === INTERRUPTED && received !== undefined;
    // As shells count.
    process.exitCode = wasEnded ? 128 + constants.signals[received as NodeJS.Signals] : status;
  } catch (error) {
    const reason = reasonOf(error as NodeJS.ErrnoException);
    if (reason === undefined) throw error;
    stderr.write(`${name}: cannot be loaded: ${reason}\n`);
    process.exitCode = UNUSABLE;
  }
}

/** Fewer open files than loading may need at once. */
const FEW_OPEN_FILES = 64;

/** Why the system did not let the program be loaded. Undefined where it is not the system's doing. */
function reasonOf({ code, errno }: NodeJS.ErrnoException): string | undefined {
  // Node calls a package that it may not open, for want of a descriptor, one that is not there.
  if (code === 'ERR_MODULE_NOT_FOUND' && openFilesLimit() < FEW_OPEN_FILES) return 'too many open files';
  return getSystemErrorMap().get(errno ?? 0)?.[1];
}

function openFilesLimit(): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}
