import { IGNORE_SHARED_CAPABILITY } from '@mapped-ram/format';
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
of the mapped-ram header. The destination needs the capability too, which the verdict takes for granted.`,
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
  remedy: 'Restore with QEMU 11.0 or newer and `x-ignore-shared` on, with the same memory backends.',
  *check({ snapshot }) {
    const capabilities = snapshot.configuration?.capabilities ?? [];
    const index = capabilities.findIndex(({ value }) => value === IGNORE_SHARED_CAPABILITY);
    const listed = capabilities[index];
    if (listed === undefined) return;
    const firstBlock = snapshot.ramBlocks[0];
    yield {
      message: 'The destination needs x-ignore-shared too, and the same shared memory.',
      span: { byteOffset: listed.byteOffset, byteLength: listed.byteLength },
      where: `configuration.capabilities[${index}]`,
      ...(firstBlock !== undefined && { metAt: firstBlock.headerOffset }),
    };
  },
};
