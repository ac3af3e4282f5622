import { bytePattern, type Pattern } from '../search/pattern.js';

/** Bytes that are in the memory of guests with an operating system, and hardly elsewhere. */
export interface SystemMark {
  readonly pattern: Pattern;
  /** What the system is, by what begins with the pattern; undefined where that is something else. */
  name(text: string): string | undefined;
}

function mark(text: string, telling: RegExp, name: (found: RegExpExecArray) => string): SystemMark {
  return {
    pattern: bytePattern(new TextEncoder().encode(text)),
    name(near) {
      const found = telling.exec(near);
      return found === null ? undefined : name(found);
    },
  };
}

const VERSION = String.raw`\d+\.\d+[\w.+~-]{0,30}`;

/** The surest first: programs and files have names of other systems in them. */
export const SYSTEM_MARKS: readonly SystemMark[] = [
  // Each image of Windows names its debugging symbols behind a mark, a GUID and an age; these are the names of its kernels.
  mark(
    'RSDS',
    /^RSDS[\s\S]{20}(nt(?:os|kr)\w{2,6}\.pdb)/,
    ([, pdb]) => `Windows (its kernel is there: ${pdb})`,
  ),
  // As it stands in the kernel and at the start of its log: with who built it.
  mark('Linux version ', new RegExp(`^Linux version (${VERSION}) \\(`), ([, version]) => {
    return `Linux ${version}, whose kernel has no VMCOREINFO (CONFIG_VMCORE_INFO, formerly CONFIG_CRASH_CORE), or is not at home in this memory`;
  }),
  mark('@(#)FreeBSD ', new RegExp(`^@\\(#\\)(FreeBSD ${VERSION})`), ([, name]) => name as string),
  mark('NetBSD ', new RegExp(`^(NetBSD ${VERSION}) \\(`), ([, name]) => name as string),
  mark('OpenBSD ', new RegExp(`^(OpenBSD ${VERSION}) \\(`), ([, name]) => name as string),
  mark('Darwin Kernel Version ', new RegExp(`^Darwin Kernel Version (${VERSION}):`), ([, version]) => {
    return `Darwin ${version}`;
  }),
  mark('SunOS Release ', new RegExp(`^SunOS Release (${VERSION})`), ([, version]) => `SunOS ${version}`),
];
