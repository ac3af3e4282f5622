import { hex } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const targetPageBitsRule: Rule = {
  id: 'target-page-bits',
  title: "The configuration's page size contradicts the rest of the file",
  severity: 'error',
  needs: 'headers',
  clauses: ['CONFIG-7', 'PLATFORM-1'],
  description: `Where a target's page size is not fixed, the configuration section gives it, and QEMU refuses one that is
not its own. The vmdescription, and the headers of the blocks, give it too.`,
  qemu: [{ outcome: 'refused', says: '`Received TARGET_PAGE_BITS is ... but local is ...`' }],
  remedy: 'Take the file from its source again: one of the two was changed.',
  *check({ snapshot }) {
    const { configuration, vmdescription } = snapshot;
    const bits = configuration?.targetPageBits;
    const pageSize = vmdescription?.json?.page_size || snapshot.ramBlocks[0]?.pageSize;
    const place = configuration?.subsections.find(({ name }) => name === 'configuration/target-page-bits');
    if (place === undefined || bits === undefined || !pageSize || 2 ** bits === pageSize) return;
    yield {
      message: `The configuration gives pages of 2^${bits} bytes, the rest of the file pages of ${pageSize} bytes.`,
      span: { byteOffset: place.byteOffset, byteLength: place.byteLength },
      where: 'configuration.targetPageBits',
      expected: hex(pageSize),
      actual: `2^${bits}`,
    };
  },
};
