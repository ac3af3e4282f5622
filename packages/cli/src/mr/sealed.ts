import { MappedRamError } from '@mapped-ram/format';
import { verifyFile } from '@mapped-ram/pack/file';
import type { CommandContext } from '../shared/command.js';
import type { CommandLine } from '../shared/command-line.js';
import type { OptionGroup } from '../shared/option-spec.js';
import { lastValue } from '../shared/option-values.js';
import { withProgress } from './progress.js';

/** Whether a file has to be as it was sealed, for commands that start a guest from it. */
export const sealedGroup: OptionGroup = {
  title: 'What to ask of FILE',
  options: [
    { name: 'sealed', help: 'It has to be as mr seal sealed it, to the last bit: the whole file is read.' },
    {
      name: 'verify-with',
      value: 'SIGNERS',
      help: 'And the seal signed by one of these: a file of allowed signers (ssh-keygen), or one public key.',
    },
  ],
};

/**
 * Does what {@link sealedGroup} says.
 *
 * @param plainPath What the guest is started from: the file, or what was packed in it. That is what is read.
 * @throws MappedRamError `content-changed`, `no-seal`, `bad-seal`, `signature-failed`, `read-failed`.
 */
export async function checkSealed(
  line: CommandLine,
  path: string,
  plainPath: string,
  { terminal, signal }: CommandContext,
): Promise<void> {
  const verifyWith = lastValue(line, 'verify-with');
  if (!line.flags.has('sealed') && verifyWith === undefined) return;
  const { isSame } = await withProgress(terminal, path, (onProgress) =>
    verifyFile(plainPath, {
      ...(plainPath !== path && { sealPath: path }),
      ...{ verifyWith, signal, onProgress },
    }),
  );
  if (isSame) return;
  throw new MappedRamError('content-changed', {
    what: 'it is not as it was sealed; mr verify names what changed',
  });
}
