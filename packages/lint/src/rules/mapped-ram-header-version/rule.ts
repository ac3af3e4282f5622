import { MAPPED_RAM_HEADER_VERSION } from '@mapped-ram/format';
import type { Rule } from '../../rule.js';

export const mappedRamHeaderVersionRule: Rule = {
  id: 'mapped-ram-header-version',
  title: 'A mapped-ram header has another version than 1',
  severity: 'warning',
  needs: 'headers',
  clauses: ['HEADER-1', 'HEADER-2'],
  description: `The header of every block starts with the version of the layout, which is 1. QEMU refuses a higher one. It
takes 0, which no QEMU writes.`,
  qemu: [
    {
      outcome: 'refused',
      says: '`Migration mapped-ram capability version not supported (expected <= 1, got ...)`',
    },
  ],
  remedy: 'Restore with a QEMU that knows the version, or take the file from its source again.',
  *check({ blocks }) {
    for (const { block, where } of blocks) {
      if (block.headerVersion === MAPPED_RAM_HEADER_VERSION) continue;
      yield {
        message: `The mapped-ram header has version ${block.headerVersion}.`,
        span: { byteOffset: block.headerOffset, byteLength: 4 },
        where: `${where}.headerVersion`,
        expected: String(MAPPED_RAM_HEADER_VERSION),
        actual: String(block.headerVersion),
        ...(block.headerVersion < MAPPED_RAM_HEADER_VERSION && {
          behaviour: { outcome: 'restores', says: 'It only refuses higher versions.' },
        }),
      };
    }
  },
};
