import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Node 10 and `require`: what has only ES modules promises them nothing. attw calls this its profile `esm-only`. */
const NOT_PROMISED = new Set(['node10', 'node16-cjs']);

/** Errors and warnings of publint, as `publint --strict` fails at them; what it merely suggests is none. */
export async function publintComplaints(tarball: Uint8Array<ArrayBuffer>): Promise<string[]> {
  // Strict makes errors of warnings, before the level leaves out all but errors.
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer },
    strict: true,
    level: 'error',
  });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** Problems that attw finds in the types of every entry, as `attw --profile esm-only` fails at them. */
export async function attwComplaints(tarball: Uint8Array<ArrayBuffer>): Promise<Problem[]> {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (!analysis.types) return [];
  return analysis.problems.filter(
    (problem) => !('resolutionKind' in problem && NOT_PROMISED.has(problem.resolutionKind)),
  );
}
