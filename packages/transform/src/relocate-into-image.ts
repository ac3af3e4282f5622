import {
  type DomainIdentity,
  parseDomain,
  readLibvirtCookie,
  readLibvirtDomain,
  renameDomain,
  XmlError,
} from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { type ByteSource, openSnapshot, type StreamModel } from '@mapped-ram/reader';
import { LibvirtFormat, layoutOf, libvirtImageFront, type SnapshotTarget } from '@mapped-ram/writer';
import { type CopyReport, copyPages, openToCopy } from './copy-snapshot.js';
import type { TransformOptions } from './options.js';

/** The image that a stream is put into. */
export interface ImageWishes extends DomainIdentity {
  /** An image whose header, XML and cookie are taken; those of the source, where it is an image, if not given. */
  readonly headerFrom?: ByteSource | undefined;
  /** The domain as XML; that of the header if not given. It may be as long as it likes. */
  readonly xml?: string | undefined;
}

/** What was made. */
export interface ImageReport extends CopyReport {
  /** Where the stream starts, in bytes. */
  readonly streamOffset: number;
  /** The domain's name. */
  readonly name: string;
}

/**
 * Puts a stream into a libvirt save image, with a domain of the caller's choice: `virsh save-image-define` takes no XML that is longer
 * than there is room, and no other name or UUID.
 *
 * @throws MappedRamError `unsupported` where there is no XML, or none that libvirt could use; `not-restorable` where the XML does not fit the
 * stream; as `relocateSnapshot` does. The target is then to be given up.
 */
export async function relocateIntoImage(
  source: ByteSource,
  target: SnapshotTarget,
  wishes: ImageWishes,
  options: TransformOptions = {},
): Promise<ImageReport> {
  const snapshot = await openToCopy(source, options, false);
  const header = await readHeader(snapshot, source, wishes.headerFrom);
  const xml = wishes.xml ?? header.xml;
  if (xml === undefined) {
    throw new MappedRamError('unsupported', {
      what: 'there is no domain XML: the file is no image of libvirt, and none was given',
      path: 'libvirt.xml',
    });
  }
  const domain = renameDomain(parsed(xml), wishes);
  const front = libvirtImageFront({ ...header, xml: domain.xml, format: LibvirtFormat.sparse });
  const layout = { ...layoutOf(snapshot, source), front: [front] };
  const report = await copyPages(snapshot, target, layout, options, false);
  return { ...report, streamOffset: front.length, name: domain.name };
}

async function readHeader(snapshot: StreamModel, source: ByteSource, from: ByteSource | undefined) {
  const model = from === undefined ? snapshot : await openSnapshot(from, { tolerant: true });
  if (model.libvirt === undefined && from !== undefined) {
    throw new MappedRamError('unsupported', { what: `${from.name} is no image of libvirt` });
  }
  const origin = from ?? source;
  const reading = await readLibvirtDomain(model, origin);
  return {
    xml: reading?.kind === 'read' ? reading.domain.xml : undefined,
    cookie: await readLibvirtCookie(model, origin),
    wasRunning: model.libvirt === undefined || model.libvirt.wasRunning !== 0,
  };
}

function parsed(xml: string) {
  try {
    return parseDomain(xml);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new MappedRamError('unsupported', { what: `the domain XML cannot be used: ${error.message}` });
  }
}
