import { SectionType } from '@mapped-ram/format';
import type { StreamModel } from '../model.js';
import type { SourceWindow } from '../window.js';
import { readConfiguration } from './configuration.js';
import type { Mutable } from './mutable.js';
import type { NoteFault } from './problem-list.js';
import {
  faultOfStreamVersion,
  readLibvirtHeader,
  readStreamHeader,
  streamOffsetBehind,
} from './stream-start.js';

/** What comes before the first section. */
export type StreamHead = Pick<StreamModel, 'streamOffset' | 'libvirt' | 'streamVersion' | 'configuration'> & {
  /** Where the first section starts, as far as it is known. */
  readonly endOffset: number;
};

/**
 * Reads a libvirt header, the stream's magic and version, and the configuration section, where they are there. Mirrors the start
 * of `qemu_loadvm_state` (QEMU 9.0 to 11.1, migration/savevm.c).
 *
 * @param head What was read is put here, also where reading cannot go on.
 * @param givenStreamOffset Where the caller says that the stream starts.
 * @throws MappedRamError `bad-libvirt-header`, `not-a-migration-stream`, `unexpected-end`; what is wrong with the configuration.
 */
export async function readStreamHead(
  window: SourceWindow,
  head: Mutable<StreamHead>,
  givenStreamOffset: number | undefined,
  note: NoteFault,
): Promise<void> {
  const libvirt = await readLibvirtHeader(window);
  if (libvirt !== undefined) {
    head.libvirt = libvirt;
    head.streamOffset = givenStreamOffset ?? streamOffsetBehind(libvirt, window.sizeBytes);
  }
  const { version, endOffset } = await readStreamHeader(window, head.streamOffset);
  head.streamVersion = version;
  head.endOffset = endOffset;
  const error = faultOfStreamVersion(version, head.streamOffset);
  if (error !== undefined) note(error);
  if ((await window.byteAt(endOffset)) !== SectionType.configuration) return;
  const { configuration, fault } = await readConfiguration(window, endOffset);
  head.configuration = configuration;
  head.endOffset = endOffset + configuration.byteLength;
  if (fault !== undefined) throw fault;
}
