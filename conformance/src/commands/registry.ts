import { existsSync } from 'node:fs';
import type { CommandEntry } from '@mapped-ram/cli/command-framework';

/** A command of `conformance`. */
interface SuiteCommand extends CommandEntry {
  /** Whether it changes the suite itself, and is of no use in a package that was installed. */
  readonly needsCheckout?: true;
}

const allCommands: readonly SuiteCommand[] = [
  {
    name: 'run',
    summary: 'put the vectors to testees, and have them write',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'list',
    summary: 'list the vectors and writing tasks: id, outcome, fault',
    load: async () => (await import('./list.js')).listCommand,
  },
  {
    name: 'generate',
    summary: 'make vectors and writing tasks from their definitions in src/vectors and src/writing',
    needsCheckout: true,
    load: async () => (await import('./generate.js')).generateCommand,
  },
  {
    name: 'record',
    summary: 'run real QEMU with the vectors and write down what it did',
    needsCheckout: true,
    load: async () => (await import('./record.js')).recordCommand,
  },
  {
    name: 'fuzz',
    summary: 'damage files at random, and hold what the linter predicts against what QEMU does',
    load: async () => (await import('./fuzz.js')).fuzzCommand,
  },
  {
    name: 'pack',
    summary: 'pack the vectors into an archive that needs no Node to use',
    needsCheckout: true,
    load: async () => (await import('./pack.js')).packCommand,
  },
  {
    name: 'new-vector',
    summary: 'make a vector: its file, what every QEMU does with it, and its definition',
    needsCheckout: true,
    load: async () => (await import('./new-vector.js')).newVectorCommand,
  },
  {
    name: 'new-testee',
    summary: 'make a folder with a testee to begin with, for an implementation of your own',
    load: async () => (await import('./new-testee.js')).newTesteeCommand,
  },
];

const isCheckout = existsSync(new URL('../../src', import.meta.url));

/** The commands that there are here, in the order of the help. */
export const commands: readonly CommandEntry[] = allCommands.filter(
  ({ needsCheckout }) => isCheckout || needsCheckout !== true,
);
