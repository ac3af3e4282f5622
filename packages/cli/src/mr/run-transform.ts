import { MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';
import type { CommandContext } from '../shared/command.js';
import { ExitStatus } from '../shared/exit-status.js';
import { toFileFault } from '../shared/file-fault.js';
import { printable, printableJson } from '../shared/printable.js';
import type { Terminal } from '../shared/terminal.js';
import { UsageError } from '../shared/usage-error.js';
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
    return failureOf(error, { input, output, json }, { program, terminal, signal });
  }
}

/**
 * Says what kept a command from its work.
 *
 * @returns The exit status.
 * @throws The error itself, where it is not about a file.
 */
export function failureOf(
  error: unknown,
  { input, output, json }: TransformFiles,
  { program, terminal, signal }: CommandContext,
): ExitStatus {
  if (signal.aborted || !(error instanceof MappedRamError)) throw error;
  const head = { version: 1, command: program, input, output };
  const isAboutOutput = ABOUT_OUTPUT.includes(error.code);
  const path = isAboutOutput ? output : input;
  const name = path === PIPE ? `standard ${isAboutOutput ? 'output' : 'input'}` : path;
  const { message, ...fault } = toFileFault(error);
  const said = error.code === 'target-exists' ? 'exists already; --force replaces it' : message;
  terminal.stderr.write(`${program}: ${printable(`${name}: ${said}`)}\n`);
  if (json) terminal.stdout.write(printableJson({ ...head, error: { ...fault, message: said } }));
  return failureStatus(error);
}

/**
 * Makes sure that IN and OUT can be pipes.
 *
 * @throws UsageError
 */
export function checkPipes({ input, output, json }: TransformFiles, { stdout }: Terminal): void {
  if (output !== PIPE) return;
  if (json) throw new UsageError('there is no report where OUT is standard output');
  if (input === PIPE) throw new UsageError('only one of IN and OUT can be -');
  if (stdout.isTTY === true)
    throw new UsageError('a snapshot is nothing for a terminal; name a file or a pipe');
}

/** Where OUT is standard output, a report would be in its way. */
export function silentFor({ output }: TransformFiles, context: CommandContext): CommandContext {
  if (output !== PIPE) return context;
  return { ...context, terminal: { ...context.terminal, stdout: { write() {} } } };
}

/** The exit status for an error: whether the system said no, or what is in the file. */
export function failureStatus({ code }: MappedRamError): ExitStatus {
  return UNUSABLE.includes(code) ? ExitStatus.unusable : ExitStatus.errorsFound;
}
