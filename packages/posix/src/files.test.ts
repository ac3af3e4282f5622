import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alignedBuffer, memoryAddress } from './aligned-buffer.js';
import { copyFileRange, sendFile } from './copy-in-kernel.js';
import { dataExtents } from './data-extents.js';
import { directIoSupport, openDirect } from './direct-io.js';
import { punchHole } from './punch-hole.js';
import { finishWriteback, startWriteback } from './writeback.js';

/** As the errors of Node's own `fs`. */
const ofSystem = (syscall: string) =>
  expect.objectContaining({ code: expect.stringMatching(/^E[A-Z]+$/), errno: expect.any(Number), syscall });

const BLOCK = 4096;

/** A disk's file system and tmpfs: their holes are blocks of 4 KiB and pages. */
describe.each([tmpdir(), '/dev/shm'])('files in %s', (parent) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(parent, 'mapped-ram-posix-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A file of `sizeBlocks` with data in those blocks alone. */
  function sparse(sizeBlocks: number, dataBlocks: readonly number[], name = 'sparse'): number {
    const fd = openSync(join(folder, name), 'w+');
    ftruncateSync(fd, sizeBlocks * BLOCK);
    for (const block of dataBlocks) writeSync(fd, Buffer.alloc(BLOCK, block + 1), 0, BLOCK, block * BLOCK);
    return fd;
  }

  const blocksOf = (fd: number, from: number, to: number): string[] =>
    [...dataExtents(fd, from, to)].map(({ byteOffset, lengthBytes }) => `${byteOffset}+${lengthBytes}`);

  test.each([startWriteback, finishWriteback])('$name takes any part, and changes nothing', (writeBack) => {
    const fd = sparse(64, [16, 17]);
    try {
      writeBack(fd, 16 * BLOCK, 2 * BLOCK);
      writeBack(fd, 0, 1024 * BLOCK);
      const block = Buffer.alloc(BLOCK);
      for (const index of [16, 17]) {
        readSync(fd, block, 0, BLOCK, index * BLOCK);
        expect(block.every((byte) => byte === index + 1)).toBe(true);
      }
      expect(() => writeBack(fd, -1, BLOCK)).toThrow(RangeError);
      expect(() => writeBack(fd, 0, -1)).toThrow(RangeError);
      expect(() => writeBack(openSync('/dev/null', 'w'), 0, BLOCK)).toThrow(ofSystem('sync_file_range'));
    } finally {
      closeSync(fd);
    }
  });

  test('extents: in order, cut to the range, none in holes or past the end', () => {
    const fd = sparse(64, [16, 17, 40]);
    try {
      expect(blocksOf(fd, 0, 64 * BLOCK)).toEqual([`${16 * BLOCK}+${2 * BLOCK}`, `${40 * BLOCK}+${BLOCK}`]);
      expect(blocksOf(fd, 0, 1024 * BLOCK)).toHaveLength(2);
      expect(blocksOf(fd, 17 * BLOCK + 5, 40 * BLOCK + 7)).toEqual([
        `${17 * BLOCK + 5}+${BLOCK - 5}`,
        `${40 * BLOCK}+7`,
      ]);
      expect(blocksOf(fd, 18 * BLOCK, 40 * BLOCK)).toEqual([]);
      expect(blocksOf(fd, 41 * BLOCK, 64 * BLOCK)).toEqual([]);
      expect(blocksOf(fd, 500 * BLOCK, 600 * BLOCK)).toEqual([]);
      expect(blocksOf(fd, 0, 0)).toEqual([]);
    } finally {
      closeSync(fd);
    }
  });

  test('extents are looked up one at a time', () => {
    const fd = sparse(64, [16, 40]);
    try {
      const extents = dataExtents(fd, 0, 64 * BLOCK);
      expect(extents.next().value).toMatchObject({ byteOffset: 16 * BLOCK });
      punchHole(fd, 40 * BLOCK, BLOCK);
      expect(extents.next().done).toBe(true);
    } finally {
      closeSync(fd);
    }
  });

  test('offsets above 2^32', () => {
    const far = 2 ** 42 / BLOCK;
    const fd = sparse(far + 2, [far], 'far');
    try {
      expect(blocksOf(fd, 0, 2 ** 43)).toEqual([`${2 ** 42}+${BLOCK}`]);
      punchHole(fd, 2 ** 42, BLOCK);
      expect(blocksOf(fd, 0, 2 ** 43)).toEqual([]);
    } finally {
      closeSync(fd);
    }
  });

  test('a punched range is zero, its blocks are given back, and the size stays', () => {
    const fd = sparse(4, [0, 1, 2, 3]);
    try {
      const before = fstatSync(fd);
      punchHole(fd, BLOCK - 1, 2 * BLOCK + 1);
      const after = fstatSync(fd);
      expect(after.size).toBe(before.size);
      expect(before.blocks - after.blocks).toBe((2 * BLOCK) / 512);
      const contents = Buffer.alloc(4 * BLOCK);
      readSync(fd, contents, 0, contents.length, 0);
      const expected = Buffer.alloc(4 * BLOCK);
      expected.fill(1, 0, BLOCK - 1).fill(4, 3 * BLOCK);
      expect(contents.equals(expected)).toBe(true);
      punchHole(fd, 0, 0);
    } finally {
      closeSync(fd);
    }
  });

  test.each([copyFileRange, sendFile])(
    'copying inside the kernel, %o: what was copied, and where the source ends',
    (copy) => {
      const source = sparse(4, [0, 1, 2, 3]);
      const target = sparse(0, [], 'target');
      try {
        expect(copy(source, BLOCK, target, 10 * BLOCK, 2 * BLOCK)).toBe(2 * BLOCK);
        expect(copy(source, 3 * BLOCK, target, 0, 5 * BLOCK)).toBe(BLOCK);
        const contents = Buffer.alloc(12 * BLOCK);
        expect(readSync(target, contents, 0, contents.length, 0)).toBe(contents.length);
        const expected = Buffer.alloc(12 * BLOCK);
        expected
          .fill(4, 0, BLOCK)
          .fill(2, 10 * BLOCK, 11 * BLOCK)
          .fill(3, 11 * BLOCK);
        expect(contents.equals(expected)).toBe(true);
      } finally {
        closeSync(source);
        closeSync(target);
      }
    },
  );

  test('direct I/O: what the probe says is what happens', () => {
    const path = join(folder, 'direct');
    closeSync(sparse(8, [3], 'direct'));
    const support = directIoSupport(path);
    if (!support.supported) {
      expect(() => openDirect(path, constants.O_RDONLY)).toThrow('EINVAL');
      return;
    }
    expect(support.verified).toBe(true);
    const fd = openDirect(path, constants.O_RDWR);
    try {
      const lengthBytes = Math.max(support.offsetAlignmentBytes, BLOCK);
      const page = alignedBuffer(lengthBytes, support.memoryAlignmentBytes);
      expect(readSync(fd, page, 0, lengthBytes, 3 * BLOCK)).toBe(lengthBytes);
      expect(page[0]).toBe(4);
      expect(writeSync(fd, page, 0, lengthBytes, 5 * BLOCK)).toBe(lengthBytes);
      // tmpfs takes everything, and so proves nothing about what is misaligned.
      if (support.alignmentFrom === 'statx') {
        const misaligned = alignedBuffer(lengthBytes + 1, support.memoryAlignmentBytes).subarray(1);
        expect(() => readSync(fd, misaligned, 0, lengthBytes, 3 * BLOCK)).toThrow('EINVAL');
      }
    } finally {
      closeSync(fd);
    }
  });

  test('direct I/O of a descriptor: of its file, without a change to it; nothing to verify in a hole', () => {
    const fd = sparse(8, [], 'holes');
    try {
      expect(directIoSupport(fd)).toMatchObject({ supported: true, verified: false });
      writeSync(fd, 'text', 100);
      expect(readSync(fd, Buffer.alloc(4), 0, 4, 100)).toBe(4);
    } finally {
      closeSync(fd);
    }
  });
});

test('aligned memory is aligned, also shared memory has an address', () => {
  for (const alignment of [1, 512, 4096, 65536]) {
    const buffer = alignedBuffer(10_000, alignment);
    expect(buffer.length).toBe(10_000);
    expect(memoryAddress(buffer) % BigInt(alignment)).toBe(0n);
    expect(memoryAddress(buffer.subarray(7)) - memoryAddress(buffer)).toBe(7n);
  }
  expect(memoryAddress(new Uint8Array(new SharedArrayBuffer(16)))).toBeGreaterThan(0n);
  expect(() => alignedBuffer(10, 3)).toThrow(RangeError);
});

test.each([
  [-1, 5],
  [0.5, 1],
  [0, -1],
  [2 ** 53 - 1, 1],
  [0, Number.NaN],
])('%d + %d is not a range', (at, length) => {
  expect(() => punchHole(0, at, length)).toThrow(RangeError);
  expect(() => copyFileRange(0, 0, 0, at, length)).toThrow(RangeError);
  expect(() => sendFile(0, at, 0, 0, length)).toThrow(RangeError);
  expect(() => [...dataExtents(0, at, at + length)]).toThrow(RangeError);
});

test('a failure names the call and the errno', () => {
  const fd = openSync('/dev/null', 'r');
  try {
    expect(() => punchHole(fd, 0, 1)).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'fallocate', errno: -9 }),
    );
    expect(() => copyFileRange(fd, 0, fd, 0, 1)).toThrow(
      expect.objectContaining({ syscall: 'copy_file_range' }),
    );
    expect(() => sendFile(fd, 0, fd, 0, 1)).toThrow(expect.objectContaining({ syscall: 'sendfile' }));
  } finally {
    closeSync(fd);
  }
});
