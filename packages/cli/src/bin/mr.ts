#!/usr/bin/env node
import { constants } from 'node:os';
import { main } from '../mr/main.js';
import { ExitStatus } from '../shared/exit-status.js';

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
  process.stderr.write(`mr: cannot write to standard output: ${error.message}\n`);
  process.exit(ExitStatus.unusable);
});

const status = await main(process.argv.slice(2), process, controller.signal);
const wasEnded = status === ExitStatus.interrupted && received !== undefined;
// As shells count.
process.exitCode = wasEnded ? 128 + constants.signals[received as NodeJS.Signals] : status;
