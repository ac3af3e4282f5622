#!/usr/bin/env node
import { main } from '../mr-lint/main.js';
import { ExitStatus } from '../shared/exit-status.js';

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough is no fault.
  if (error.code === 'EPIPE') return;
  process.stderr.write(`mr-lint: cannot write to standard output: ${error.message}\n`);
  process.exit(ExitStatus.unusable);
});

process.exitCode = await main(process.argv.slice(2), process, controller.signal);
