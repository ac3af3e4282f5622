import { LibvirtSave, MappedRam, MappedRamError, STREAM_MAGIC, STREAM_VERSION } from '@mapped-ram/format';
import type { LibvirtSaveHeader } from '../model.js';
import type { SourceWindow } from '../window.js';
import { OTHER_FILE_BYTES, recogniseOther } from './other-file.js';

const LIBVIRT_MAGICS = ['LibvirtQemudSave', 'LibvirtQemudPart'] as const;

/** Of the field data_len in the libvirt header. */
const DATA_LENGTH_OFFSET = 20;

/**
 * Reads the header that libvirt writes in front of the stream, where there is one at the file's start
 * (libvirt: qemu_saveimage.c).
 */
export async function readLibvirtHeader(window: SourceWindow): Promise<LibvirtSaveHeader | undefined> {
  const start = String.fromCharCode(...(await window.bytes(0, LIBVIRT_MAGICS[0].length)));
  const magic = LIBVIRT_MAGICS.find((known) => known === start);
  if (magic === undefined) return undefined;
  const { value: header, endOffset } = await window.parse(0, (io) => new LibvirtSave(io));
  return {
    byteOffset: 0,
    byteLength: endOffset,
    magic,
    byteOrder: header.isBigEndian ? 'be' : 'le',
    version: header.version.value,
    dataLengthBytes: header.lenData.value,
    wasRunning: header.wasRunning.value,
    format: header.format.value,
    cookieOffset: header.ofsCookie.value,
  };
}

/**
 * Where the stream starts behind a libvirt header. It need not be aligned.
 *
 * @throws MappedRamError `bad-libvirt-header` where that is behind the end of the file.
 */
export function streamOffsetBehind(libvirt: LibvirtSaveHeader, sizeBytes: number): number {
  const streamOffset = libvirt.byteLength + libvirt.dataLengthBytes;
  if (streamOffset < sizeBytes) return streamOffset;
  throw new MappedRamError('bad-libvirt-header', {
    what: 'the libvirt header says that the stream starts behind the end of the file',
    byteOffset: DATA_LENGTH_OFFSET,
    path: 'libvirt.dataLengthBytes',
    actual: libvirt.dataLengthBytes,
  });
}

/**
 * Reads magic and version. Mirrors `qemu_loadvm_state_header` (QEMU 9.0 to 11.1, migration/savevm.c).
 *
 * @throws MappedRamError `not-a-migration-stream`, where nothing of a stream is there.
 */
export async function readStreamHeader(window: SourceWindow, streamOffset: number) {
  const { value, endOffset } = await window.parse(streamOffset, (io) => new MappedRam.StreamHeader(io));
  if (value.magic !== STREAM_MAGIC) {
    throw new MappedRamError('not-a-migration-stream', {
      what: await whatElse(window),
      byteOffset: streamOffset,
      path: 'header.magic',
      expected: STREAM_MAGIC,
      actual: value.magic,
    });
  }
  return { version: value.version, endOffset };
}

/** What the file is instead, where it is one of those that are known. */
async function whatElse(window: SourceWindow): Promise<string | undefined> {
  const other = recogniseOther(await window.bytes(0, OTHER_FILE_BYTES));
  if (other === undefined) return undefined;
  const advice = other.advice === undefined ? '' : `: ${other.advice};`;
  return `this is ${other.kind}, and not a QEMU migration stream${advice}`;
}

/** What is wrong with a stream's version, if anything. QEMU loads no other than 3. */
export function faultOfStreamVersion(version: number, streamOffset: number): MappedRamError | undefined {
  if (version === STREAM_VERSION) return undefined;
  const code = version < STREAM_VERSION ? 'obsolete-stream-version' : 'unsupported-stream-version';
  return new MappedRamError(code, {
    byteOffset: streamOffset + 4,
    path: 'header.version',
    expected: STREAM_VERSION,
    actual: version,
  });
}
