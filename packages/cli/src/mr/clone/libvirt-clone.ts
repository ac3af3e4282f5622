import { type LibvirtClone, type LibvirtCloneOptions, prepareLibvirtClone } from '@mapped-ram/clone';
import type { CommandLine } from '../../shared/command-line.js';
import { isContainer } from '../../shared/open-source.js';
import { lastValue } from '../../shared/option-values.js';
import { formatBytes } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { readXml } from '../xml-file.js';

/** What the command line says of a clone for libvirt; undefined where it wants none. */
export interface LibvirtWish {
  readonly name: string;
  readonly uuid: string | undefined;
  readonly xmlPath: string | undefined;
}

/** @throws UsageError where options for libvirt stand without `--libvirt`, or beside others that do not go with it */
export function libvirtWish(line: CommandLine): LibvirtWish | undefined {
  const name = lastValue(line, 'libvirt');
  const uuid = lastValue(line, 'uuid');
  const xmlPath = lastValue(line, 'xml');
  if (name === undefined) {
    const alone = uuid !== undefined ? '--uuid' : xmlPath !== undefined ? '--xml' : undefined;
    if (alone !== undefined) throw new UsageError(`${alone} is for --libvirt NAME`);
    return undefined;
  }
  for (const option of ['run', 'block', 'backend-id']) {
    if (line.flags.has(option) || line.values.has(option)) {
      throw new UsageError(`--${option} does not go with --libvirt`);
    }
  }
  return { name, uuid, xmlPath };
}

/**
 * Makes a save image for `virsh restore`.
 *
 * @throws UsageError where name or UUID is none, or the snapshot is packed; what `prepareLibvirtClone` throws.
 */
export async function makeLibvirtClone(
  input: string,
  output: string,
  { name, uuid, xmlPath }: LibvirtWish,
  options: Omit<LibvirtCloneOptions, 'name' | 'uuid' | 'xml'>,
): Promise<LibvirtClone> {
  if (isContainer(input)) throw new UsageError('VMs map the file itself: mr unpack makes one of it');
  const xml = xmlPath === undefined ? undefined : await readXml(xmlPath);
  try {
    return await prepareLibvirtClone(input, output, { ...options, name, uuid, xml });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** What was made, and how to start it. */
export function libvirtCloneText(
  { name, uuid, sizeBytes, mappedBlocks }: LibvirtClone,
  output: string,
): string[] {
  return [
    `${output}: ${name} (${uuid}), ${mappedBlocks.join(', ')} mapped from the snapshot, the rest of the state in ${formatBytes(sizeBytes)}`,
    '',
    'Start it with:',
    `  virsh restore ${output}`,
  ];
}
