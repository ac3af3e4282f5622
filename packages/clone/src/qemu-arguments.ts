import { hasObjectPath, objectIdOf } from '@mapped-ram/facts';
import { formatOptions, isMachineName, MappedRamError } from '@mapped-ram/format';
import type { RamBlock } from '@mapped-ram/reader';
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
 *
 * @throws RangeError where {@link checkMachine} throws.
 */
export function cloneArguments({ path, machine }: MappedFile, { mapped, mainRam }: BlockChoice): string[] {
  const main = mainRam && objectIdOf(mainRam);
  const machineOptions = formatOptions(machine, main === undefined ? {} : { 'memory-backend': main });
  return [
    ...(machineOptions === '' ? [] : ['-machine', machineOptions]),
    ...mapped.flatMap((block) => ['-object', memoryBackend(block, path)]),
    ...['-incoming', 'defer'],
  ];
}

function memoryBackend(block: RamBlock, path: string): string {
  return formatOptions('memory-backend-file', {
    id: objectIdOf(block) ?? '',
    size: block.usedLength,
    'mem-path': path,
    offset: block.pagesOffset,
    share: 'off',
    rom: 'off',
    readonly: 'on',
    // The default depends on the machine type, and the stream names the block as it was.
    'x-use-canonical-path-for-ramblock-id': hasObjectPath(block.idstr) ? 'on' : 'off',
  });
}

/**
 * Makes sure that the name that a snapshot gives its machine is a name, and no options behind one.
 *
 * @throws MappedRamError `unsupported`
 */
export function checkMachine(machine: string | undefined): void {
  if (machine === undefined || isMachineName(machine)) return;
  throw new MappedRamError('unsupported', {
    what: `no machine is called ${JSON.stringify(machine)}, and QEMU would take it for options`,
    path: 'configuration.machine',
  });
}
