import { hasObjectPath, objectIdOf } from '@mapped-ram/facts';
import type { BlockChoice } from './block-choice.js';

/** Where the memory of a clone comes from. */
export interface MappedFile {
  /** Absolute. */
  readonly path: string;
  /** Machine type, where the snapshot names one. */
  readonly machine: string | undefined;
}

/**
 * QEMU's arguments for a VM whose memory is mapped from a snapshot: private, so that what the guest writes stays with
 * it, and read-only to the file.
 */
export function cloneArguments({ path, machine }: MappedFile, { mapped, mainRam }: BlockChoice): string[] {
  const main = mainRam && objectIdOf(mainRam);
  const machineParts = [
    ...(machine === undefined ? [] : [machine]),
    ...(main === undefined ? [] : [`memory-backend=${main}`]),
  ];
  const objects = mapped.flatMap((block) => [
    '-object',
    [
      `memory-backend-file,id=${objectIdOf(block)},size=${block.usedLength}`,
      `mem-path=${escapeCommas(path)},offset=${block.pagesOffset}`,
      'share=off,rom=off,readonly=on',
      // The default depends on the machine type, and the stream names the block as it was.
      `x-use-canonical-path-for-ramblock-id=${hasObjectPath(block.idstr) ? 'on' : 'off'}`,
    ].join(','),
  ]);
  return [
    ...(machineParts.length === 0 ? [] : ['-machine', machineParts.join(',')]),
    ...objects,
    ...['-incoming', 'defer'],
  ];
}

/** A comma in a value is written twice (QEMU: util/keyval.c). */
function escapeCommas(value: string): string {
  return value.replaceAll(',', ',,');
}
