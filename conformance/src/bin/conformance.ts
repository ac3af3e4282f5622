#!/usr/bin/env node
import { createRequire } from 'node:module';
import { type CommandProgram, runCommandProgram, startProgram } from '@mapped-ram/cli/command-framework';
import { commands } from '../commands/registry.js';

// By name, since a bundle is elsewhere than this file.
const manifest = createRequire(import.meta.url)('@mapped-ram/conformance/package.json') as {
  version: string;
};

const CONFORMANCE: CommandProgram = {
  name: 'conformance',
  version: manifest.version,
  description:
    'Puts golden files, each with one fault, to programs that read the mapped-ram snapshots of QEMU, and to real QEMU.',
  closing: "'conformance COMMAND --help' tells all about a command.",
  commands,
  wordError: (error) => (error instanceof RangeError ? error.message : undefined),
};

await startProgram('conformance', () =>
  Promise.resolve((argv, terminal, signal) => runCommandProgram(CONFORMANCE, argv, terminal, signal)),
);
