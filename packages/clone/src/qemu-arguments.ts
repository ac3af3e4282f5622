import { hasObjectPath, objectIdOf } from '@mapped-ram/facts';
import { formatOptions, isMachineName, MappedRamError } from '@mapped-ram/format';
import type { RamBlock } from '@mapped-ram/reader';
import type { BlockChoice } from './block-choice.js';

/** The names that blocks have in a clone's state, where they are others than in the snapshot. */
export type BackendNames = ReadonlyMap<RamBlock, string>;

/**
 * The names that blocks have with another id for the memory backend of the main RAM.
 *
 * @throws RangeError where there is no main RAM, or no object can have that id.
 */
export function backendNames({ mainRam }: BlockChoice, id: string | undefined): BackendNames {
  if (id === undefined) return new Map();
  if (mainRam === undefined)
    throw new RangeError('the machine has no main RAM whose backend could have an id');
  if (objectIdOf({ idstr: id }) !== id) throw new RangeError(`no object of QEMU can have the id ${id}`);
  return new Map([[mainRam, nameWithId(mainRam, id)]]);
}

/** What a block is called when its memory backend has another id. */
export function nameWithId({ idstr }: RamBlock, id: string): string {
  return hasObjectPath(idstr) ? `${idstr.slice(0, idstr.lastIndexOf('/') + 1)}${id}` : id;
}

/** Where the memory of a clone comes from. */
export interface MappedFile {
  /** Absolute. */
  readonly path: string;
  /** Machine type, where the snapshot names one. */
  readonly machine: string | undefined;
  readonly names?: BackendNames;
}

/**
 * QEMU's arguments for a VM whose memory is mapped from a snapshot: private, so that what the guest writes stays with
 * it, and read-only to the file.
 *
 * @throws RangeError where {@link checkMachine} throws.
 */
export function cloneArguments(
  { path, machine, names = new Map() }: MappedFile,
  { mapped, mainRam }: BlockChoice,
): string[] {
  const idOf = (block: RamBlock) => objectIdOf({ idstr: names.get(block) ?? block.idstr });
  const main = mainRam && idOf(mainRam);
  const machineOptions = formatOptions(machine, main === undefined ? {} : { 'memory-backend': main });
  return [
    ...(machineOptions === '' ? [] : ['-machine', machineOptions]),
    ...mapped.flatMap((block) => ['-object', memoryBackend(block, idOf(block) ?? '', path)]),
    ...['-incoming', 'defer'],
  ];
}

/** The option for an object that maps a block's memory privately. */
export function memoryBackend(block: RamBlock, id: string, path: string): string {
  return formatOptions('memory-backend-file', {
    id,
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
