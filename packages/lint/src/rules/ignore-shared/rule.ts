import { IGNORE_SHARED_CAPABILITY } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import type { Rule } from '../../rule.js';

export const ignoreSharedRule: Rule = {
  id: 'ignore-shared',
  title: 'The file was saved with x-ignore-shared',
  severity: 'note',
  needs: 'headers',
  clauses: ['SHARED-1', 'SHARED-3'],
  description: `With the capability \`x-ignore-shared\` every block's entry has a guest-physical address, and shared
memory is left out of the file: the destination has to get it from the same memory files.

Up to 10.2 QEMU can write such a file together with \`mapped-ram\`, but not load it: it takes the address for the start
of the mapped-ram header. The destination needs the capability too, which the verdict takes for granted.

The \`state\` that \`mr clone\` writes is a classic stream with this capability: the memory that a clone maps from the snapshot is not in it.`,
  qemu: [
    {
      from: '11.0',
      outcome: 'restores',
      says: 'Restores with the capability `x-ignore-shared` on; else `Capability x-ignore-shared is off, but received capability is on`.',
    },
    {
      outcome: 'refused',
      says: '`Error reading ramblock ... pages, region has bad alignment`, or `Error reading dirty bitmap`: it misreads the block table.',
    },
  ],
  remedy:
    'Restore with `x-ignore-shared` on and with the same memory backends; a mapped-ram stream, with QEMU 11.0 or newer. ' +
    'Those of a clone that mr clone prepared stand in the `clone.json` beside its `state`.',
  *check({ snapshot }) {
    const capabilities = snapshot.configuration?.capabilities ?? [];
    const index = capabilities.findIndex(({ value }) => value === IGNORE_SHARED_CAPABILITY);
    const listed = capabilities[index];
    if (listed === undefined) return;
    const firstBlock = snapshot.ramBlocks[0];
    yield {
      message: messageOf(snapshot),
      span: { byteOffset: listed.byteOffset, byteLength: listed.byteLength },
      where: `configuration.capabilities[${index}]`,
      ...(snapshot.ramLayout === 'classic' && { behaviour: IN_CLASSIC }),
      ...(firstBlock !== undefined && { metAt: firstBlock.headerOffset }),
    };
  },
};

/** A classic stream has no mapped-ram header that could be misread. */
const IN_CLASSIC = {
  outcome: 'restores',
  says: 'Restores with the capability `x-ignore-shared` on; else `Capability x-ignore-shared is off, but received capability is on`.',
} as const;

/** A classic stream tells by what came of a block that its memory is kept elsewhere. */
function messageOf({ classic }: Snapshot): string {
  const isCounted = classic?.isCounted === true;
  const elsewhere = (classic?.blocks ?? []).filter(
    ({ missingPages, pageCount }) => isCounted && pageCount > 0 && missingPages === pageCount,
  );
  if (elsewhere.length === 0) return 'The destination needs x-ignore-shared too, and the same shared memory.';
  const names = elsewhere.map(({ idstr }) => `"${idstr}"`).join(', ');
  return `The memory of ${names} is not in it: it is the \`state\` of a clone (mr clone), which maps that memory from the snapshot, or a save without shared memory.`;
}
