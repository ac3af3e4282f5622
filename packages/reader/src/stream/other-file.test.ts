import { loadCapture } from '@mapped-ram/fixtures';
import { expect, it } from 'vitest';
import { openSnapshot } from '../snapshot.js';
import { memorySource } from '../sources/memory-source.js';
import { recogniseOther } from './other-file.js';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

it.each([
  [`${'\0'.repeat(257)}ustar  \0`, 'a tar archive'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x7fELF\x02\x01\x01', 'an ELF file'],
  ['\n <!DOCTYPE html>\n<html>', 'a web page'],
  ['version https://git-lfs.github.com/spec/v1\noid sha256:', 'a pointer of Git LFS'],
  ["<domain type='kvm'>", 'the XML of a libvirt domain'],
  ['\xd2\xbe\xd2\xbe', 'a suspended state of VMware'],
])('%j is %s', async (head, kind) => {
  expect(recogniseOther(latin1(head))?.kind).toBe(kind);
  const opening = openSnapshot(memorySource(latin1(head.padEnd(600, '.'))));
  await expect(opening).rejects.toMatchObject({
    code: 'not-a-migration-stream',
    message: expect.stringContaining(`this is ${kind}, and not a QEMU migration stream`),
  });
});

it.each(['qemu-10.0/none', 'libvirt-11.3/save-raw'])('%s is none of them', async (id) => {
  expect(recogniseOther((await loadCapture(id)).bytes(0, 512))).toBeUndefined();
});

it.each(['', 'u', 'ustar', '\0'.repeat(512), 'version 2'])('%j is nothing that is known', (head) => {
  expect(recogniseOther(latin1(head))).toBeUndefined();
});
