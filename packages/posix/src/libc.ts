import { createRequire } from 'node:module';
import { MappedRamError } from '@mapped-ram/format/errors';
import { platformUnsupported, systemError } from './posix-error.js';

type Koffi = typeof import('koffi');

/** An offset or a count as `int64_t`: koffi gives a `bigint` back only above 2^53 - 1. */
type Int64 = number | bigint;

/** A struct msghdr with one struct iovec; koffi lays it out for the call and keeps the bytes alive during it. */
interface MessageHeader {
  readonly vector: { readonly base: Uint8Array; readonly length: number };
  readonly vectorCount: 1;
  readonly control: Uint8Array;
  readonly controlLength: number;
}

/** The calls, with C's own parameters. All but `posix_fadvise`, which returns an errno, return -1 and set errno when they fail. */
interface Calls {
  lseek(fd: number, offset: number, whence: number): Int64;
  fallocate(fd: number, mode: number, offset: number, length: number): number;
  copy_file_range(
    sourceFd: number,
    sourceOffset: BigInt64Array,
    targetFd: number,
    targetOffset: BigInt64Array,
    length: number,
    flags: number,
  ): Int64;
  getpagesize(): number;
  mmap(address: bigint, length: number, protection: number, flags: number, fd: number, offset: number): Int64;
  madvise(address: bigint, length: number, advice: number): number;
  posix_fadvise(fd: number, offset: number, length: number, advice: number): number;
  sync_file_range(fd: number, offset: number, length: number, flags: number): number;
  getStatusFlags(fd: number): number;
  kcmp(pidA: number, pidB: number, type: number, indexA: number, indexB: number): number;
  sendfile(targetFd: number, sourceFd: number, sourceOffset: BigInt64Array, length: number): Int64;
  sendmsg(socketFd: number, message: MessageHeader, flags: number): Int64;
  statx(folderFd: number, path: string, flags: number, mask: number, result: Uint8Array): number;
}

interface Libc {
  readonly koffi: Koffi;
  readonly calls: Calls;
}

/** kcmp has no function in the C library, and its number is the architecture's. */
const KCMP_NUMBERS: Partial<Record<NodeJS.Architecture, number>> = { x64: 312, arm64: 272 };
const F_GETFL = 3;

let loaded: Libc | MappedRamError | undefined;

/** @throws MappedRamError `platform-unsupported`, the same one every time */
export function libc(): Libc {
  loaded ??= load();
  if (loaded instanceof MappedRamError) throw loaded;
  return loaded;
}

/** Whether the functions of this package work here. Tries to load the native part once, on the first call of any of them. */
export function isPosixAvailable(): boolean {
  loaded ??= load();
  return !(loaded instanceof MappedRamError);
}

/**
 * Makes a call, again when a signal interrupted it.
 * @returns what the call returned
 * @throws an error as of Node's `fs`; MappedRamError `platform-unsupported`
 */
export function invoke<Name extends keyof Calls>(name: Name, ...args: Parameters<Calls[Name]>): number {
  const { koffi, calls } = libc();
  const call = calls[name] as (...values: Parameters<Calls[Name]>) => Int64;
  for (;;) {
    const result = Number(call(...args));
    if (result !== -1) return result;
    const errno = koffi.errno();
    if (errno !== koffi.os.errno.EINTR) {
      throw systemError(name === 'getStatusFlags' ? 'fcntl' : name, errno);
    }
  }
}

function load(): Libc | MappedRamError {
  const kcmpNumber = KCMP_NUMBERS[process.arch];
  if (process.platform !== 'linux' || kcmpNumber === undefined) {
    const here = `${process.platform} on ${process.arch}`;
    return platformUnsupported(`needs Linux on x64 or arm64, and this is ${here}`);
  }
  try {
    const koffi = loadKoffi();
    return { koffi, calls: declare(koffi, kcmpNumber) };
  } catch (cause) {
    // koffi or its prebuilt binary is not installed, or the C library lacks a function.
    const what = `the optional dependency koffi does not serve: ${(cause as Error).message}`;
    return platformUnsupported(what, cause);
  }
}

/**
 * Its binary's own package, where that can be had, which takes 6 ms: koffi itself takes 15, for all its platforms and for callers of what it once was. What is used here
 * is the binary's.
 */
function loadKoffi(): Koffi {
  const load = createRequire(import.meta.url);
  try {
    return load(`@koromix/koffi-linux-${process.arch}`) as Koffi;
  } catch {
    return load('koffi') as Koffi;
  }
}

/** The functions of the C library that Node itself runs on, whichever that is. */
function declare(koffi: Koffi, kcmpNumber: number): Calls {
  const library = koffi.load(null);
  const fcntl = library.func('int fcntl(int, int, ...)');
  const syscall = library.func('long syscall(long, int, int, int, ulong, ulong)');
  return {
    lseek: library.func('int64_t lseek(int, int64_t, int)'),
    fallocate: library.func('int fallocate(int, int, int64_t, int64_t)'),
    copy_file_range: library.func('int64_t copy_file_range(int, void *, int, void *, size_t, uint)'),
    getpagesize: library.func('int getpagesize()'),
    mmap: library.func('int64_t mmap(uintptr_t, size_t, int, int, int, int64_t)'),
    madvise: library.func('int madvise(uintptr_t, size_t, int)'),
    posix_fadvise: library.func('int posix_fadvise(int, int64_t, int64_t, int)'),
    sync_file_range: library.func('int sync_file_range(int, int64_t, int64_t, uint)'),
    getStatusFlags: (fd) => fcntl(fd, F_GETFL),
    kcmp: (...args) => syscall(kcmpNumber, ...args),
    sendfile: library.func('int64_t sendfile(int, int, void *, size_t)'),
    sendmsg: library.func('sendmsg', 'int64_t', ['int', koffi.pointer(messageHeader(koffi)), 'int']),
    statx: library.func('int statx(int, const char *, int, uint, void *)'),
  };
}

function messageHeader(koffi: Koffi): ReturnType<Koffi['struct']> {
  const vector = koffi.struct({ base: 'const void *', length: 'size_t' });
  return koffi.struct({
    name: 'void *',
    nameLength: 'uint',
    vector: koffi.pointer(vector),
    vectorCount: 'size_t',
    control: 'const void *',
    controlLength: 'size_t',
    flags: 'int',
  });
}
