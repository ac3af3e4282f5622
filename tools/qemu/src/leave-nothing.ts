import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Leftover {
  readonly child: ChildProcess;
  readonly folder: string;
}

const leftovers = new Set<Leftover>();

/**
 * Sees to it that a child process and its folder do not outlive this process, however it ends (but for SIGKILL).
 * @returns a function that kills the child and removes the folder now; calling it twice is fine
 */
export function leaveNothing(child: ChildProcess, folder: string): () => void {
  if (leftovers.size === 0) {
    process.on('exit', cleanAll);
    for (const signal of SIGNALS) process.on(signal, cleanAllAndDie);
  }
  const leftover = { child, folder };
  leftovers.add(leftover);
  return () => clean(leftover);
}

function clean(leftover: Leftover): void {
  if (!leftovers.delete(leftover)) return;
  leftover.child.kill('SIGKILL');
  rmSync(leftover.folder, { recursive: true, force: true });
  if (leftovers.size === 0) {
    process.off('exit', cleanAll);
    for (const signal of SIGNALS) process.off(signal, cleanAllAndDie);
  }
}

function cleanAll(): void {
  for (const leftover of [...leftovers]) clean(leftover);
}

/** Node does not run 'exit' handlers for a signal; with our handler gone, the same signal ends the process as it would have. */
function cleanAllAndDie(signal: NodeJS.Signals): void {
  cleanAll();
  process.kill(process.pid, signal);
}
