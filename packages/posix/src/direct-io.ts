import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { alignedBuffer } from './aligned-buffer.js';
import { dataExtents } from './data-extents.js';
import { invoke } from './libc.js';
import { platformUnsupported } from './posix-error.js';

const AT_EMPTY_PATH = 0x1000;
const STATX_DIOALIGN = 0x2000;
const STATX_LENGTH_BYTES = 256;
const STATX_MASK_AT = 0x00;
const STATX_DIO_MEM_ALIGN_AT = 0x98;
const STATX_DIO_OFFSET_ALIGN_AT = 0x9c;

/** The largest alignment that Linux's block devices ask for in practice, and what QEMU's own pages have. */
const ASSUMED_ALIGNMENT_BYTES = 4096;

/** Whether a file can be read and written past the page cache, and how. */
export type DirectIoSupport =
  | {
      readonly supported: true;
      /** What addresses in memory have to be multiples of. */
      readonly memoryAlignmentBytes: number;
      /** What offsets in the file and lengths have to be multiples of. */
      readonly offsetAlignmentBytes: number;
      /** `statx`: the kernel said so (STATX_DIOALIGN, Linux 6.1). `assumed`: it does not say, and 4096 is enough nearly everywhere. */
      readonly alignmentFrom: 'statx' | 'assumed';
      /** Whether data was really read so. It cannot be where nothing is allocated, since holes and memory take anything. */
      readonly verified: boolean;
    }
  | { readonly supported: false; readonly reason: string };

/**
 * Opens a file with O_DIRECT.
 *
 * @param flags of `node:fs` `constants`; O_DIRECT is added
 * @throws Node's own error, `EINVAL` where the file system has no direct I/O; MappedRamError `platform-unsupported` where the platform has none
 */
export function openDirect(path: string, flags: number, mode = 0o666): number {
  if (constants.O_DIRECT === undefined) throw platformUnsupported('this platform has no O_DIRECT');
  return openSync(path, flags | constants.O_DIRECT, mode);
}

/**
 * Tries whether a file takes direct I/O: opens it so, asks the kernel for the alignment, and reads the first allocated bytes.
 * What is open already is opened anew, and neither its flags nor its position change.
 *
 * @param file a path, or a descriptor of this process; it must be possible to open it for reading
 * @throws Node's own error where it cannot be opened for another reason; an error as of Node's `fs`; MappedRamError `platform-unsupported`
 */
export function directIoSupport(file: string | number): DirectIoSupport {
  let fd: number;
  try {
    fd = openDirect(typeof file === 'string' ? file : `/proc/self/fd/${file}`, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    return { supported: false, reason: 'the file system does not open files with O_DIRECT' };
  }
  try {
    return probe(fd);
  } finally {
    closeSync(fd);
  }
}

function probe(fd: number): DirectIoSupport {
  const alignment = askAlignment(fd);
  if (alignment.memoryAlignmentBytes === 0) {
    return { supported: false, reason: 'the kernel says that this file takes no direct I/O' };
  }
  try {
    return { supported: true, ...alignment, verified: readAllocated(fd, alignment) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    return { supported: false, reason: 'the file opens with O_DIRECT, but aligned reads are refused' };
  }
}

type Alignment = Omit<Extract<DirectIoSupport, { supported: true }>, 'supported' | 'verified'>;

function askAlignment(fd: number): Alignment {
  const result = Buffer.alloc(STATX_LENGTH_BYTES);
  invoke('statx', fd, '', AT_EMPTY_PATH, STATX_DIOALIGN, result);
  if ((result.readUInt32LE(STATX_MASK_AT) & STATX_DIOALIGN) === 0) {
    return {
      memoryAlignmentBytes: ASSUMED_ALIGNMENT_BYTES,
      offsetAlignmentBytes: ASSUMED_ALIGNMENT_BYTES,
      alignmentFrom: 'assumed',
    };
  }
  return {
    memoryAlignmentBytes: result.readUInt32LE(STATX_DIO_MEM_ALIGN_AT),
    offsetAlignmentBytes: result.readUInt32LE(STATX_DIO_OFFSET_ALIGN_AT),
    alignmentFrom: 'statx',
  };
}

/** @returns false where there is nothing that is allocated */
function readAllocated(fd: number, { memoryAlignmentBytes, offsetAlignmentBytes }: Alignment): boolean {
  const stats = fstatSync(fd);
  const [first] = stats.isFile() ? dataExtents(fd, 0, stats.size) : [];
  if (first === undefined) return false;
  const at = Math.floor(first.byteOffset / offsetAlignmentBytes) * offsetAlignmentBytes;
  const lengthBytes = Math.max(offsetAlignmentBytes, ASSUMED_ALIGNMENT_BYTES);
  readSync(fd, alignedBuffer(lengthBytes, memoryAlignmentBytes), 0, lengthBytes, at);
  return true;
}
