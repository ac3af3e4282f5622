import { MAPPED_RAM_CAPABILITY } from '@mapped-ram/format';
import type { LintContext } from '../../context.js';
import { LIBVIRT_SPARSE_FORMAT } from '../../facts/libvirt-formats.js';
import { problemMatch, streamProblems } from '../../facts/problem-match.js';
import { ramSections } from '../../facts/ram-sections.js';
import { stopOfWalk } from '../../facts/walk-stop.js';
import type { Rule, RuleMatch } from '../../rule.js';

const problems = ['not-mapped-ram'] as const;

export const notMappedRamRule: Rule = {
  id: 'not-mapped-ram',
  title: 'The stream is not a mapped-ram one',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['CONFIG-5', 'CONFIG-9', 'CONFIG-10'],
  description: `Only the capability list in the configuration section says that a stream is a mapped-ram one. Without
\`mapped-ram\` in it the stream is a classic one, in which pages follow each other in the order in which they were sent. QEMU restores
it with the capability off, as it is by default, and libvirt does so for an image of the format \`raw\` and the compressed ones. With the
capability on it is refused. Such a stream is walked to its end, page by page, and the verdict is for a restore with the capability off.

Where the block table has the headers of mapped-ram all the same, the file is refused either way. In a stream without a
configuration section the header behind the first block's entry is what tells.`,
  qemu: [{ outcome: 'refused', says: '`Capability mapped-ram is on, but received capability is off`' }],
  remedy:
    'Nothing has to be done to restore a classic stream: leave the capability off. `mr convert` makes a mapped-ram file of it, which restores with multifd.',
  *check(context) {
    const { configuration, libvirt, sections, classic } = context.snapshot;
    // With this format it is a fault of the libvirt header, reported as such.
    if (libvirt?.format === LIBVIRT_SPARSE_FORMAT) return;
    if (classic !== undefined) {
      yield classicHit(context, classic.byteOffset);
      return;
    }
    if (configuration === undefined) {
      for (const problem of streamProblems(context, problems)) {
        const message = 'The block table has no mapped-ram headers: this is a classic migration stream.';
        const says =
          '`Migration mapped-ram capability version not supported` or another error at the first block.';
        yield problemMatch(context, problem, { message, behaviour: { outcome: 'refused', says } });
      }
      return;
    }
    const listed = configuration.capabilities?.map(({ value }) => value) ?? [];
    const isCut = sections.length === 0 && stopOfWalk(context) !== undefined;
    // One without ram is as good a classic stream as any, and QEMU completes it.
    const isClassic = !context.mappedRam && context.snapshot.endMarkerOffset !== undefined;
    if (isClassic && ramSections(context).length === 0) return;
    if (isCut || listed.includes(MAPPED_RAM_CAPABILITY)) return;
    yield {
      message: 'The capability list of the stream does not have mapped-ram.',
      span: configuration,
      where: 'configuration.capabilities',
      expected: MAPPED_RAM_CAPABILITY,
      actual: listed.length === 0 ? 'none' : listed.join(', '),
      // The list is compared when it was read whole, every name looked up.
      metAt: configuration.byteOffset + configuration.byteLength,
    };
  },
};

/** A classic stream whose pages were walked: what it is, and no fault of it. */
function classicHit({ snapshot, target }: LintContext, tableOffset: number): RuleMatch {
  const { configuration, libvirt } = snapshot;
  const place = {
    message: 'This is a classic migration stream, not a mapped-ram one.',
    span: configuration ?? { byteOffset: tableOffset, byteLength: 8 },
    where: configuration === undefined ? 'ram' : 'configuration.capabilities',
  };
  if (target.multifd && libvirt === undefined) {
    const says =
      'With multifd, from a file: `Migration requires multi-channel URIs (e.g. tcp)`. Without, it is read.';
    return { ...place, behaviour: { outcome: 'refused', says }, metAt: 0 };
  }
  const says =
    libvirt === undefined
      ? 'Reads it with mapped-ram off, as it is by default. With it on: `Capability mapped-ram is on, but received capability is off`.'
      : 'libvirt leaves mapped-ram off for it, so that QEMU reads it.';
  return { ...place, severity: 'note', behaviour: { outcome: 'restores', says } };
}
