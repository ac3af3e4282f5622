import { type JobFileOptions, withSpooled } from '@mapped-ram/pack/file';
import type { CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import type { ExitStatus } from '../../shared/exit-status.js';
import { inputAndOutput, outputWish, wantsJson } from '../file-options.js';
import type { Progress } from '../progress.js';
import { checkPipes, PIPE, runTransform, silentFor, type TransformResult } from '../run-transform.js';
import { standardInput } from '../standard-streams.js';
import { packChannels, packDirectIo } from './pack-channels.js';

/** What is to be packed or unpacked. */
export interface PackingTask {
  /** A file, whether IN is one or a pipe. */
  readonly input: string;
  /** A file, or {@link PIPE}. */
  readonly output: string;
  /** How OUT is made. */
  readonly wish: { readonly overwrite: boolean; readonly sync: boolean };
  readonly options: JobFileOptions & {
    readonly channels: number | undefined;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Progress) => void;
  };
}

/**
 * Packs or unpacks between the files or pipes that a command line names. What comes through a pipe is kept beside OUT while it is worked on.
 *
 * @throws UsageError; what is no fault of a file.
 */
export function runPacking(
  line: CommandLine,
  context: CommandContext,
  work: (task: PackingTask) => Promise<TransformResult>,
): Promise<ExitStatus> {
  const { input, output } = inputAndOutput(line);
  const files = { input, output, json: wantsJson(line) };
  const direct = packDirectIo(line, context);
  const wish = outputWish(line);
  const { signal } = context;
  checkPipes(files, context.terminal);
  return runTransform(files, silentFor(files, context), async (onProgress) => {
    const workOn = (path: string) => {
      const options = { ...direct, channels: packChannels(line, path), signal, onProgress };
      return work({ input: path, output, wish, options });
    };
    return input === PIPE ? withSpooled(standardInput(signal), output, workOn) : workOn(input);
  });
}
