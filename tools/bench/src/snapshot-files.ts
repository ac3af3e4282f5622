import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { launchQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import { bootLinux, findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { enlargeSnapshot } from './enlarged-snapshot.js';
import { benchFolder, machineGib } from './scale.js';

const GIB = 2 ** 30;

/** A 1 TiB snapshot with a real header and bitmap, every second page set, and nothing but holes for pages. */
export function terabyteSnapshot(): Promise<string> {
  return once('1tib.mr', async (path) => {
    const image = await enlargeSnapshot(await loadCapture('qemu-10.0/none'), 1024 * GIB, 0x55);
    await image.writeTo(path);
  });
}

/** A machine as people have them, small. */
export const usualMachine = [
  ...['-nodefaults', '-machine', 'pc-q35-10.0', '-m', '256M', '-smp', '2', '-vga', 'std'],
  ...['-device', 'virtio-net-pci', '-device', 'virtio-balloon-pci', '-device', 'virtio-rng-pci'],
];

/** A snapshot of it. */
export function usualSnapshot(): Promise<string> {
  return once('usual.mr', async (path) => {
    const vm = await launchQemu({ version: '10.0', args: ['-S', ...usualMachine] });
    try {
      const outcome = await saveMappedRam(vm, { uri: `file:${path}` });
      if (outcome.kind !== 'completed') throw new Error(`QEMU did not save: ${JSON.stringify(outcome)}`);
    } finally {
      await vm.kill();
    }
  });
}

/** A snapshot that QEMU saved, of which three quarters of the pages are not zero. */
export function machineSnapshot(): Promise<string> {
  return once(`${machineGib}gib.mr`, async (path) => {
    const vm = await launchQemu({
      version: '10.0',
      args: [
        ...['-S', '-nodefaults', '-machine', 'none,memory-backend=ram', '-m', `${machineGib}g`],
        ...['-object', `memory-backend-file,id=ram,size=${machineGib}g,mem-path=ram,share=on`],
      ],
      prepare: (folder) => fillMemory(join(folder, 'ram')),
    });
    try {
      const outcome = await saveMappedRam(vm, { uri: `file:${path}` });
      if (outcome.kind !== 'completed') throw new Error(`QEMU did not save: ${JSON.stringify(outcome)}`);
    } finally {
      await vm.kill();
    }
  });
}

/** A snapshot of a machine with so much memory, of which three quarters of the first GiB are set and the rest is a hole. */
export async function sparseSnapshot(path: string, gib: number): Promise<string> {
  const image = await enlargeSnapshot(await loadCapture('qemu-10.0/none'), gib * GIB, 0);
  await image.writeTo(path);
  const snapshot = await openSnapshot(await openFileSource(path));
  const [block] = snapshot.ramBlocks;
  await snapshot.close();
  if (block === undefined) throw new RangeError('there is no block');
  const file = await open(path, 'r+');
  try {
    await fillPages(file, GIB, block.pagesOffset);
    const marked = new Uint8Array(GIB / block.pageSize / 8);
    const pagesOf = (bytes: number) => bytes / block.pageSize / 8;
    for (let at = 0; at < GIB; at += STRIDE_BYTES) {
      marked.fill(0xff, pagesOf(at), pagesOf(at + FILLED_BYTES));
    }
    await file.write(marked, 0, marked.length, block.bitmapOffset);
  } finally {
    await file.close();
  }
  return path;
}

/** What a Linux guest of 1 GiB has in its memory: programs, text, tables of symbols, compressed files, and 64 MiB of noise. */
const GUEST_WORK = [
  'mkdir -p /d; mount -t tmpfs -o size=900m tmpfs /d; dd if=/dev/urandom of=/d/noise bs=1M count=64',
  'seq 1 12000000 > /d/text',
  'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat /proc/kallsyms > /d/k$i; done',
  'for i in $(seq 1 20); do cat /bin/busybox /qemu_fw_cfg.ko* > /d/b$i; seq $i 7 2000000 | gzip > /d/z$i; done',
] as const;

/** What it does in the minutes until it is saved once more. */
const LATER_WORK = [
  'sleep 100; find / -xdev -type f | head -300 | xargs md5sum > /d/sums; seq 1 300000 | sort -r > /d/sorted',
  'sleep 80; dmesg > /d/log; for i in 1 2 3 4 5 6 7 8; do gzip -c /d/text | head -c 300000 > /d/part$i; done',
] as const;

/** A snapshot of a Linux guest of 1 GiB, some 370 MiB of which are set. */
export async function linuxSnapshot(): Promise<string> {
  return (await linuxSnapshots()).first;
}

/** Two of one guest, some minutes apart. */
export async function linuxSnapshots(): Promise<{ readonly first: string; readonly later: string }> {
  const later = join(benchFolder, 'linux-guest-later.mr');
  const first = await once('linux-guest.mr', async (path) => {
    const guest = findLinuxGuest();
    if (guest.kind === 'missing') throw new Error(guest.reason);
    const booted = await bootLinux(guest, { version: '11.1', args: ['-machine', 'q35', '-m', '1G'] });
    const save = async (to: string) => {
      await booted.vm.qmp.execute('stop');
      const outcome = await saveMappedRam(booted.vm, { uri: `file:${to}` });
      if (outcome.kind !== 'completed') throw new Error(`QEMU did not save: ${JSON.stringify(outcome)}`);
    };
    try {
      for (const command of GUEST_WORK) await booted.console.run(command);
      await save(path);
      await booted.vm.qmp.execute('cont');
      for (const command of LATER_WORK) await booted.console.run(command);
      await save(later);
    } finally {
      await booted.kill();
    }
  });
  if (!existsSync(later)) throw new Error(`${later} is missing: remove ${first}, and both are made anew`);
  return { first, later };
}

/** A copy of that snapshot with one byte changed, in its last page that is set. */
export async function changedSnapshot(): Promise<string> {
  const original = await machineSnapshot();
  return once(`${machineGib}gib-changed.mr`, async (path) => {
    await promisify(execFile)('cp', ['--sparse=always', original, path]);
    const snapshot = await openSnapshot(await openFileSource(original));
    const byteOffset = await endOfLastPage(snapshot);
    await snapshot.close();
    const file = await open(path, 'r+');
    try {
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, byteOffset - 1);
      await file.write(Buffer.of((byte[0] ?? 0) ^ 0xff), 0, 1, byteOffset - 1);
    } finally {
      await file.close();
    }
  });
}

/** Where the last page that is set ends in the file. */
async function endOfLastPage(snapshot: Snapshot): Promise<number> {
  const [block] = snapshot.ramBlocks;
  if (block === undefined) throw new RangeError('there is no block');
  let endPage = 0;
  for await (const batch of snapshot.runs(block)) {
    for (const { firstPage, pageCount } of batch) endPage = firstPage + pageCount;
  }
  return block.pagesOffset + endPage * block.pageSize;
}

/** Of so many bytes of memory, so many are pages that all differ; the rest is zero. */
const STRIDE_BYTES = 4 << 20;
const FILLED_BYTES = 3 << 20;

async function fillMemory(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await fillPages(file, machineGib * GIB, 0);
    await file.truncate(machineGib * GIB);
  } finally {
    await file.close();
  }
}

/** Writes the pages of memory that is in a file. */
async function fillPages(file: FileHandle, lengthBytes: number, byteOffset: number): Promise<void> {
  const pages = new BigUint64Array(FILLED_BYTES / 8).fill(0x5aa5_1234_8765_0ff0n);
  for (let at = 0; at < lengthBytes; at += STRIDE_BYTES) {
    for (let word = 0; word < pages.length; word += 512) pages[word] = BigInt(at + word * 8 + 1);
    await file.write(new Uint8Array(pages.buffer), 0, pages.byteLength, byteOffset + at);
  }
}

/** Makes a file in the cache unless it is there; half-made ones never have the name. */
async function once(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(benchFolder, name);
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true });
    await make(`${path}.part`);
    await rename(`${path}.part`, path);
  }
  return path;
}
