import { isGuestMemory } from '@mapped-ram/facts';
import type { OversizedBlock } from '@mapped-ram/reader';
import type { LintContext } from '../context.js';
import type { RuleMatch } from '../rule.js';
import { versionInRange } from '../target.js';
import { targetPageSize } from './target-page-size.js';

/** QEMU allocates a bitmap whole and aborts where it cannot; a host with less free memory than this is common. */
export const ALLOCATION_LIMIT_BYTES = 16 * 2 ** 30;

const refused = (says: string): RuleMatch['behaviour'] => ({ outcome: 'refused', says: `\`${says}\`` });
const crashes = (says: string): RuleMatch['behaviour'] => ({ outcome: 'crashes', says });

/**
 * What QEMU does at an entry with a number beyond 2^53 - 1: what the first of its checks does that does not hold, in
 * the order of `parse_ramblock_mapped_ram` (QEMU 9.0 to 11.1, migration/ram.c).
 */
export function behaviourAtOversizedBlock(
  block: OversizedBlock,
  context: LintContext,
): RuleMatch['behaviour'] {
  const { usedLength, headerVersion, pageSize, bitmapOffset, pagesOffset } = block;
  const { target, file } = context;
  const ownPageSize = BigInt(targetPageSize(context));
  if (block.ignored && versionInRange(target.qemu, '11.0'))
    return refused('Unknown ramblock "...", cannot accept migration');
  if (headerVersion > 1) return refused('Migration mapped-ram capability version not supported');
  if (versionInRange(target.qemu, '11.1') && pageSize !== ownPageSize) {
    return refused('Migration mapped-ram header has invalid page_size');
  }
  if (pageSize === 0n) return crashes('Divides by zero and dies of SIGFPE.');
  const bitmapBytes = ((usedLength / pageSize + 63n) / 64n) * 8n;
  if (bitmapBytes >= BigInt(ALLOCATION_LIMIT_BYTES)) {
    return crashes(
      'It tries to allocate a bitmap for so many pages and aborts: `failed to allocate ... bytes`.',
    );
  }
  const fileSizeBytes = BigInt(file.sizeBytes);
  if (bitmapBytes > 0n && bitmapOffset + bitmapBytes > fileSizeBytes)
    return refused('Error reading dirty bitmap');
  if (pagesOffset % ownPageSize !== 0n) {
    return refused('Error reading ramblock ... pages, region has bad alignment');
  }
  if (bitmapBytes === 0n) {
    if (pagesOffset + usedLength >= fileSizeBytes) return refused('Getting RAM address failed');
    return isGuestMemory(block)
      ? { outcome: 'wrong-memory', says: 'Completes without an error; the block is not loaded.' }
      : { outcome: 'restores', says: 'Does not load the block, which stays as the destination made it.' };
  }
  if (context.oversizedBlockIsEmpty === true) return refused('Unknown ramblock "", cannot accept migration');
  return target.multifd
    ? crashes('The multifd channels fail to read the pages, and QEMU dies of SIGSEGV or hangs.')
    : refused('failed to read page ... from file offset ...');
}
