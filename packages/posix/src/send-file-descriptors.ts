import { invoke } from './libc.js';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** The kernel's SCM_MAX_FD: it refuses more in one message. */
const MAX_DESCRIPTORS = 253;

const CMSG_HEADER_BYTES = 16;
const INT_BYTES = 4;

/**
 * Sends bytes over a unix socket with descriptors attached to the first of them (`sendmsg`, SCM_RIGHTS). The receiver gets
 * duplicates that share the open files; ours stay open. Nothing may be waiting in a stream on the same socket, or the bytes
 * overtake it. Does not wait.
 *
 * @returns how many of the bytes went out, at least one: the descriptors went with them, and the rest is sent without any
 * @throws RangeError for no bytes, or not 1 to 253 descriptors; an error as of Node's `fs`, `EAGAIN` where the socket takes nothing now;
 * MappedRamError `platform-unsupported`
 */
export function sendFileDescriptors(socketFd: number, bytes: Uint8Array, fds: readonly number[]): number {
  if (bytes.length === 0) throw new RangeError('descriptors need at least one byte to travel with');
  if (fds.length === 0 || fds.length > MAX_DESCRIPTORS) {
    throw new RangeError(`1 to ${MAX_DESCRIPTORS} descriptors can be sent at once, not ${fds.length}`);
  }
  const control = descriptorMessage(fds);
  const message = {
    vector: { base: bytes, length: bytes.length },
    vectorCount: 1,
    control,
    controlLength: control.length,
  } as const;
  return invoke('sendmsg', socketFd, message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/** A struct cmsghdr with the descriptors behind it, filled up to a multiple of 8 bytes. */
function descriptorMessage(fds: readonly number[]): Buffer {
  const lengthBytes = CMSG_HEADER_BYTES + fds.length * INT_BYTES;
  const message = Buffer.alloc(Math.ceil(lengthBytes / 8) * 8);
  message.writeBigUInt64LE(BigInt(lengthBytes), 0);
  message.writeInt32LE(SOL_SOCKET, 8);
  message.writeInt32LE(SCM_RIGHTS, 12);
  for (const [index, fd] of fds.entries()) message.writeInt32LE(fd, CMSG_HEADER_BYTES + index * INT_BYTES);
  return message;
}
