import { MAPPED_RAM_CAPABILITY } from '@mapped-ram/format';
import { LIBVIRT_SPARSE_FORMAT } from '../../facts/libvirt-formats.js';
import { problemHit, streamProblems } from '../../facts/problem-hit.js';
import { stopOfWalk } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

const problems = ['not-mapped-ram'] as const;

export const notMappedRamRule: Rule = {
  id: 'not-mapped-ram',
  title: 'The stream is not a mapped-ram one',
  severity: 'error',
  needs: 'headers',
  problems,
  clauses: ['CONFIG-5', 'CONFIG-9', 'CONFIG-10'],
  description: `Only the capability list in the configuration section says that a stream is a mapped-ram one. Without
\`mapped-ram\` in it the stream is a classic one, in which pages follow each other in the order in which they were sent;
QEMU with the capability on refuses it. The prediction is for such a QEMU: with the capability off, and through libvirt
that reads \`raw\` in its header, the stream restores as well as any other.

In a stream without a configuration section nothing says so. It is then recognised by the header behind the first
block's entry.`,
  qemu: [{ outcome: 'refused', says: '`Capability mapped-ram is on, but received capability is off`' }],
  remedy: 'Restore a classic stream with the capability off, or save again with `mapped-ram` on.',
  *check(context) {
    const { configuration, libvirt, sections } = context.snapshot;
    // With this format it is a fault of the libvirt header, reported as such.
    if (libvirt?.format === LIBVIRT_SPARSE_FORMAT) return;
    if (configuration === undefined) {
      for (const problem of streamProblems(context, problems)) {
        const message = 'The block table has no mapped-ram headers: this is a classic migration stream.';
        const says =
          '`Migration mapped-ram capability version not supported` or another error at the first block.';
        yield problemHit(context, problem, { message, behaviour: { outcome: 'refused', says } });
      }
      return;
    }
    const listed = configuration.capabilities?.map(({ value }) => value) ?? [];
    const isCut = sections.length === 0 && stopOfWalk(context) !== undefined;
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
