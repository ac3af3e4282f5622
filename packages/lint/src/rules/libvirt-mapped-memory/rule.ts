import { objectIdOf, privateFileBackends } from '@mapped-ram/facts';
import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const libvirtMappedMemoryRule: Rule = {
  id: 'libvirt-mapped-memory',
  title: 'The domain XML maps memory from a file, and the stream leaves zero pages out',
  severity: 'error',
  needs: 'bitmaps',
  clauses: ['CONTAINER-10', 'BITMAP-3'],
  description: `A clone of libvirt has its memory mapped from the snapshot that it started from. When QEMU loads a mapped-ram stream into
such a machine, it writes the pages whose bits are set, and leaves the others alone, which it takes for zero: they have what the
snapshot has there. So what such a domain saves has to hold all pages, as \`-global migration.zero-page-detection=none\`
in its \`<qemu:commandline>\` sees to.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes; pages that became zero have what the mapped file has in their place.',
    },
  ],
  remedy:
    'Take the mapping out of the XML (`mr relocate --xml FILE IN OUT`), or restore the stream without libvirt (`mr relocate --offset 0 IN OUT`).',
  *check({ snapshot, domain, blocks }) {
    if (domain?.kind !== 'read' || snapshot.ramLayout === 'classic') return;
    const mapped = privateFileBackends(domain.domain.qemuArguments);
    for (const { block, bitmap, where } of blocks) {
      if (!mapped.has(objectIdOf(block) ?? '') || bitmap === undefined) continue;
      const clearPages = block.pageCount - bitmap.setPages;
      if (clearPages <= 0) continue;
      yield {
        message: `${countText(clearPages, 'page')} of "${block.idstr}" are not stored, and the domain XML maps that memory from a file.`,
        span: { byteOffset: block.bitmapOffset, byteLength: block.bitmapLengthBytes },
        where: `${where}.bitmap`,
        metAt: block.headerOffset,
      };
    }
  },
};
