import { checkOptions, formatOptions, integerOption, listOption, nameOption } from '@mapped-ram/format';

/** What to start a QEMU with, so that it has a set of descriptors from the beginning. */
export interface InheritedFdset {
  /** Arguments for QEMU. */
  readonly args: readonly string[];
  /** For the `stdio` of `node:child_process` `spawn`: what was given, and the descriptors behind it. */
  readonly stdio: readonly InheritedStdio[];
}

/** The entries of `stdio` that are used here. */
export type InheritedStdio = 'ignore' | 'inherit' | 'pipe' | number;

/** How to hand descriptors to a QEMU that is started. */
export interface InheritedFdsetOptions {
  readonly fdsetId: number;
  /** A text that `query-fdsets` shows with each. */
  readonly opaque?: string;
  /** The child's first descriptors; at least three. `ignore`, `ignore`, `pipe` when not given. */
  readonly stdio?: readonly InheritedStdio[];
}

/**
 * Hands descriptors to a QEMU by inheritance (`-add-fd`). QEMU keeps duplicates of them in the set.
 *
 * @param descriptors in the order in which they are to be added; they stay open here
 * @throws RangeError where the descriptors would become the child's standard input, output or error
 */
export function inheritedArguments(
  descriptors: readonly number[],
  options: InheritedFdsetOptions,
): InheritedFdset {
  checkOptions<InheritedFdsetOptions>(options, {
    fdsetId: integerOption(),
    opaque: nameOption,
    stdio: listOption(() => {}),
  });
  integerOption()(options.fdsetId, 'fdsetId');
  const { fdsetId, opaque, stdio = ['ignore', 'ignore', 'pipe'] } = options;
  if (stdio.length < 3) throw new RangeError('QEMU takes no standard stream into a set');
  const text = opaque === undefined ? {} : { opaque };
  const args = descriptors.flatMap((_, index) => [
    '-add-fd',
    formatOptions(undefined, { fd: stdio.length + index, set: fdsetId, ...text }),
  ]);
  return { args, stdio: [...stdio, ...descriptors] };
}
