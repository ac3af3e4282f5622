import { hex, sizeText } from '../../facts/quantities.js';
import type { Rule, RuleMatch } from '../../rule.js';
import type { ChangedSpan } from '../../seal-facts.js';

export const changedSinceSealedRule: Rule = {
  id: 'changed-since-sealed',
  title: 'The file is not as it was sealed',
  severity: 'error',
  needs: 'headers',
  clauses: ['SEAL-1', 'SEAL-5'],
  description: `The file has a seal, and its bytes are not those that were sealed. A bad disk, an interrupted copy, a tool that writes in place, or
somebody who changed the guest leave such a file. Nothing in the format would tell: QEMU has no checksums. In a deep run each
place that changed is named: the block of memory, the page, and where the guest has it. Without \`--deep\`, another length is found.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'It knows of no seals, and loads what is there: not what was sealed.',
    },
  ],
  remedy:
    'Take a copy that is as it was sealed. Where the file was changed on purpose, after `mr seal`, seal it anew with `mr seal --force`.',
  *check({ seal, file }) {
    if (seal?.state !== 'changed') return;
    const { sealedSizeBytes, changedBlocks, changes, digest } = seal;
    if (sealedSizeBytes !== file.sizeBytes) {
      yield {
        message: `The file is ${sizeText(file.sizeBytes)} long, and was ${sizeText(sealedSizeBytes)} when it was sealed.`,
        span: { byteOffset: Math.min(file.sizeBytes, sealedSizeBytes), byteLength: 0 },
        where: 'file',
        expected: String(sealedSizeBytes),
        actual: String(file.sizeBytes),
      };
    }
    for (const change of changes) yield matchOf(change, digest);
    const named = new Set(changes.map(({ byteOffset }) => Math.floor(byteOffset / 4096))).size;
    const last = changes.at(-1);
    if (last === undefined || named >= changedBlocks) return;
    yield {
      message: `${changedBlocks - named} more blocks of 4 KiB behind it changed since the file was sealed.`,
      span: { byteOffset: last.byteOffset + last.lengthBytes, byteLength: 0 },
      where: 'file',
    };
  },
};

function matchOf({ byteOffset, lengthBytes, block, page, address }: ChangedSpan, digest: string): RuleMatch {
  const span = { byteOffset, byteLength: lengthBytes };
  if (block === undefined) {
    const message = `${lengthBytes} bytes at ${hex(byteOffset)}, which are no page, changed since the file was sealed (${digest}).`;
    return { message, span, where: 'file' };
  }
  const guest = address === undefined ? '' : `, guest-physical 0x${address.toString(16)},`;
  return {
    message: `Page ${page} of ${block}${guest} changed since the file was sealed (${digest}).`,
    span,
    where: 'pages',
  };
}
