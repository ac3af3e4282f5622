import { MappedRamError, SectionType } from '@mapped-ram/format';
import { readVmdescriptionFrame } from '../device-state/vmdescription-frame.js';
import type { VmdescriptionFrame } from '../model.js';
import type { SourceWindow } from '../window.js';

/** What comes behind the end marker. */
export interface StreamEnd {
  readonly vmdescription?: VmdescriptionFrame;
  readonly endOffset: number;
  /** What is wrong with it. QEMU does not mind. */
  readonly faults: readonly MappedRamError[];
}

/**
 * Reads what follows the end marker: the vmdescription, or nothing. Mirrors the end of `qemu_loadvm_state` (QEMU 9.0 to
 * 11.1, migration/savevm.c).
 *
 * @param endMarkerOffset Of the byte 0x00.
 * @param located The vmdescription that was found from the end of the file, if any was.
 */
export async function readStreamEnd(
  window: SourceWindow,
  endMarkerOffset: number,
  located: VmdescriptionFrame | undefined,
): Promise<StreamEnd> {
  const byteOffset = endMarkerOffset + 1;
  if (located?.byteOffset === byteOffset) {
    return { vmdescription: located, endOffset: byteOffset + located.byteLength, faults: [] };
  }
  const misplaced = located === undefined ? [] : [misplacedFault(located, byteOffset)];
  if ((await window.byteAt(byteOffset)) !== SectionType.vmdescription) {
    return { endOffset: byteOffset, faults: misplaced };
  }
  const vmdescription = await readVmdescriptionFrame(window, byteOffset);
  const faults = vmdescription.fault === undefined ? misplaced : [...misplaced, vmdescription.fault];
  return { vmdescription, endOffset: byteOffset + vmdescription.byteLength, faults };
}

function misplacedFault(located: VmdescriptionFrame, expected: number): MappedRamError {
  return new MappedRamError('bad-vmdescription', {
    what: 'the vmdescription does not follow the end marker',
    byteOffset: located.byteOffset,
    path: 'vmdescription',
    expected,
    actual: located.byteOffset,
  });
}
