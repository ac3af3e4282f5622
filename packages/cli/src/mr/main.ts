import { type CommandProgram, runCommandProgram } from '../shared/command-program.js';
import type { ExitStatus } from '../shared/exit-status.js';
import { packageVersion } from '../shared/package-version.js';
import type { Terminal } from '../shared/terminal.js';
import { errorText, FileError } from './file-error.js';
import { commands } from './registry.js';

const MR: CommandProgram = {
  name: 'mr',
  get version() {
    return packageVersion();
  },
  description:
    'Works with the mapped-ram snapshots of QEMU: looks into them and changes them, without QEMU, and has QEMU save and restore.',
  closing: "'mr COMMAND --help' tells all about a command; mr-lint tells whether QEMU restores a file.",
  commands,
  wordError: (error) => (error instanceof FileError ? errorText(error) : undefined),
};

/**
 * The whole of `mr` but the process: takes the arguments (without node and script), prints, and returns the exit status.
 *
 * @param signal Aborts the run.
 */
export function main(argv: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<ExitStatus> {
  return runCommandProgram(MR, argv, terminal, signal);
}
