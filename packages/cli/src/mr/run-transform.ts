import { MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';
import type { CommandContext } from '../shared/command.js';
import { ExitStatus } from '../shared/exit-status.js';
import { toFileFault } from '../shared/file-fault.js';
import { printable, printableJson } from '../shared/printable.js';
import { type Progress, withProgress } from './progress.js';

/** What a command works on, as the user named it. */
export interface TransformFiles {
  readonly input: string;
  readonly output: string;
  /** Whether to report as JSON. */
  readonly json: boolean;
}

/** What a command reports of its work. */
export interface TransformResult {
  /** Members of the JSON beside `version`, `command`, `input` and `output`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Lines for people. They may hold what the file holds. */
  readonly lines: readonly string[];
}

/** Stands for standard input or output. */
export const PIPE = '-';

/** The output could not be made; all else that keeps a file from being used is about the input. */
const ABOUT_OUTPUT: readonly MappedRamErrorCode[] = ['write-failed', 'target-exists'];

/** The system said no, or whoever is at the other end, rather than what is in the file. */
const UNUSABLE: readonly MappedRamErrorCode[] = [
  ...ABOUT_OUTPUT,
  ...['read-failed', 'short-read', 'platform-unsupported'],
  ...['not-inspectable', 'open-failed', 'not-a-file', 'direct-io-unsupported'],
  ...['qmp-timeout', 'qmp-closed', 'qmp-taken', 'bad-qmp-message', 'bad-qmp-result'],
] as const;

/**
 * Runs a command that makes a file out of another, with progress on standard error, and reports on standard output. What
 * keeps it from being made goes to standard error, with `json` to standard output too.
 *
 * @throws The signal's reason, when aborted; what is no MappedRamError.
 */
export async function runTransform(
  { input, output, json }: TransformFiles,
  { program, terminal, signal }: CommandContext,
  work: (onProgress: (progress: Progress) => void) => Promise<TransformResult>,
): Promise<ExitStatus> {
  const head = { version: 1, command: program, input, output };
  try {
    const { json: members, lines } = await withProgress(terminal, input, work);
    const text = json ? printableJson({ ...head, ...members }) : `${lines.map(printable).join('\n')}\n`;
    terminal.stdout.write(text);
    return ExitStatus.ok;
  } catch (error) {
    if (signal.aborted || !(error instanceof MappedRamError)) throw error;
    const isAboutOutput = ABOUT_OUTPUT.includes(error.code);
    const path = isAboutOutput ? output : input;
    const name = path === PIPE ? `standard ${isAboutOutput ? 'output' : 'input'}` : path;
    const { message, ...fault } = toFileFault(error);
    const said = error.code === 'target-exists' ? 'exists already; --force replaces it' : message;
    terminal.stderr.write(`${program}: ${printable(`${name}: ${said}`)}\n`);
    if (json) terminal.stdout.write(printableJson({ ...head, error: { ...fault, message: said } }));
    return failureStatus(error);
  }
}

/** The exit status for an error: whether the system said no, or what is in the file. */
export function failureStatus({ code }: MappedRamError): ExitStatus {
  return UNUSABLE.includes(code) ? ExitStatus.unusable : ExitStatus.errorsFound;
}
