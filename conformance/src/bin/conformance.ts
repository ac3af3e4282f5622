#!/usr/bin/env node
import { existsSync } from 'node:fs';
import type { Command } from '../commands/command.js';
import { fuzzCommand } from '../commands/fuzz.js';
import { generateCommand } from '../commands/generate.js';
import { listCommand } from '../commands/list.js';
import { newTesteeCommand } from '../commands/new-testee.js';
import { newVectorCommand } from '../commands/new-vector.js';
import { packCommand } from '../commands/pack.js';
import { recordCommand } from '../commands/record.js';
import { runCommand } from '../commands/run.js';
import { UsageError } from '../commands/usage-error.js';

const isCheckout = existsSync(new URL('../../src', import.meta.url));

const allCommands: readonly Command[] = [
  runCommand,
  listCommand,
  generateCommand,
  recordCommand,
  fuzzCommand,
  packCommand,
  newVectorCommand,
  newTesteeCommand,
];

const commands = allCommands.filter(({ needsCheckout }) => isCheckout || needsCheckout !== true);

const usage = `conformance COMMAND [OPTIONS]

${commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

'conformance COMMAND --help' tells more.`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new UsageError(`there is no command ${name}\n\n${usage}`);
  if (args.includes('--help')) {
    console.log(command.help);
    return 0;
  }
  return command.run(args);
}

/** `parseArgs` throws a TypeError with a code for options that it does not know. */
function isUsage(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof RangeError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isUsage(error)) throw error;
  console.error(`conformance: ${error.message}`);
  process.exitCode = 2;
}
