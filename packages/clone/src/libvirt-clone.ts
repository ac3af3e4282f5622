import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import {
  type LibvirtDomain,
  parseDomain,
  readLibvirtCookie,
  readLibvirtDomain,
  XmlError,
} from '@mapped-ram/facts';
import { booleanOption, checkOptions, formatOptions, MappedRamError, nameOption } from '@mapped-ram/format';
import { readClassicStream } from '@mapped-ram/reader';
import { LibvirtFormat, libvirtImageFront } from '@mapped-ram/writer';
import { makeFile } from '@mapped-ram/writer/file';
import { type Cloneable, type CloneableOptions, cloneableShapes, withCloneable } from './cloneable.js';
import { type CloneWarning, findHazards } from './file-hazards.js';
import { domainOfClone, sharedByClones } from './libvirt-domain.js';
import { memoryOfClone } from './libvirt-memory.js';

import { writeStateStream } from './state-stream.js';

const UUID = /^[\da-f]{8}(-?[\da-f]{4}){3}-?[\da-f]{12}$/i;

/** How to make a clone for libvirt. */
export interface LibvirtCloneOptions extends CloneableOptions {
  /** What the domain is to be called. */
  readonly name: string;
  /** Its UUID; a new one if not given. */
  readonly uuid?: string | undefined;
  /** The domain as XML; what is in the snapshot if not given. */
  readonly xml?: string | undefined;
  /** Replace the output if it is there. */
  readonly overwrite?: boolean | undefined;
}

/** A save image from which `virsh restore` starts a clone. */
export interface LibvirtClone {
  readonly name: string;
  readonly uuid: string;
  /** The snapshot's absolute path. It must neither change nor go away while a VM runs from it. */
  readonly snapshot: string;
  /** Blocks that are mapped. */
  readonly mappedBlocks: readonly string[];
  readonly sizeBytes: number;
  readonly warnings: readonly CloneWarning[];
}

/**
 * Makes a small libvirt save image, from which `virsh restore` starts a VM whose main memory and DIMMs are mapped from a snapshot. The snapshot
 * is only read.
 *
 * The state of the machine's other memory is in the image. What the domain saves later is whole: its QEMU is told to store zero
 * pages too, since a restore of them into the mapping would otherwise leave what the snapshot has there.
 *
 * @param path The snapshot: an image of libvirt, or with `xml` any other.
 * @param output The image to make.
 * @throws MappedRamError as `prepareClone` does; `unsupported` where the domain has several NUMA nodes, or its XML cannot be used.
 * @throws RangeError where name or UUID is none that libvirt takes.
 */
export async function prepareLibvirtClone(
  path: string,
  output: string,
  options: LibvirtCloneOptions,
): Promise<LibvirtClone> {
  checkOptions<LibvirtCloneOptions>(options, {
    ...cloneableShapes,
    overwrite: booleanOption,
    name: nameOption,
    uuid: nameOption,
    xml: nameOption,
  });
  const { name, uuid = randomUUID(), overwrite } = options;
  if (name.trim() === '' || /[/\n]/.test(name))
    throw new RangeError(`libvirt calls no domain ${JSON.stringify(name)}`);
  if (!UUID.test(uuid)) throw new RangeError(`${uuid} is no UUID`);
  return await withCloneable(path, options, async (cloneable) => {
    const { source, snapshot, choice } = cloneable;
    const realPath = await realpath(path);
    const saved = await domainOf(cloneable, options.xml);
    const memory = memoryOfClone(saved, choice, snapshot.configuration?.machine, realPath);
    const domain = domainOfClone(saved, { name, uuid }, [
      ...memory.qemuArguments,
      ...['-global', formatOptions(undefined, { 'migration.zero-page-detection': 'none' })],
    ]);
    const front = libvirtImageFront({
      xml: domain.xml,
      cookie: await readLibvirtCookie(snapshot, source),
      wasRunning: snapshot.libvirt === undefined || snapshot.libvirt.wasRunning !== 0,
      format: LibvirtFormat.raw,
    });
    const mapped = new Set(memory.names.keys());
    const sizeBytes = await makeFile(output, { overwrite }, async (target) => {
      await writeStateStream(target, snapshot, source, mapped, {
        front: [front],
        names: memory.names,
        withoutCapability: true,
      });
      const written = await target.written();
      await readClassicStream(written, { async begin() {}, async pages() {} });
      return written.sizeBytes;
    });
    return {
      name,
      uuid,
      snapshot: realPath,
      mappedBlocks: [...mapped].map(({ idstr }) => idstr),
      sizeBytes,
      warnings: [...(await findHazards(realPath)), ...sharedByClones(domain)],
    };
  });
}

async function domainOf({ snapshot, source }: Cloneable, xml: string | undefined): Promise<LibvirtDomain> {
  if (xml !== undefined) {
    try {
      return parseDomain(xml);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      throw new MappedRamError('unsupported', { what: `the domain XML cannot be used: ${error.message}` });
    }
  }
  const reading = await readLibvirtDomain(snapshot, source);
  if (reading?.kind === 'read') return reading.domain;
  const what =
    reading === undefined
      ? 'the snapshot is no image of libvirt: the domain has to be given as XML'
      : `the domain XML in the image cannot be used: ${reading.because}`;
  throw new MappedRamError('unsupported', { what, path: 'libvirt.xml' });
}
