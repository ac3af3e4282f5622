import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaptureInfo, type CaptureMachine, SparseImage, storeCapture } from '@mapped-ram/fixtures';
import { groupPath, installQemu, QEMU_VERSIONS, readInstalled } from '@mapped-ram/tool-qemu';
import { findLibvirt, type Libvirt, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { idlingFirmware } from './guests.js';
import { MIB, pcMachine } from './machines.js';
import { patternImage } from './pattern.js';
import { restoreEverywhere } from './try-restore.js';

/** A file that libvirt writes. */
export interface LibvirtImage {
  readonly name: string;
  readonly what: string;
  /** What is asked of virsh: `save`, or an external `snapshot` with memory. */
  readonly kind: 'save' | 'snapshot';
  readonly format: 'raw' | 'sparse';
  /** Whether QEMU restores it as mapped-ram. */
  readonly good: boolean;
}

/** The files of libvirt 11.3 with QEMU 10.0. */
export const LIBVIRT_IMAGES: readonly LibvirtImage[] = [
  {
    name: 'save-sparse',
    what: 'A save image of format 6 (sparse): a mapped-ram stream behind the header.',
    kind: 'save',
    format: 'sparse',
    good: true,
  },
  {
    name: 'save-raw',
    what: 'A save image of format 0 (raw): a classic stream, so not mapped-ram.',
    kind: 'save',
    format: 'raw',
    good: false,
  },
  {
    name: 'snapshot-sparse',
    what: 'An external snapshot that says format 6 (sparse) over a classic stream; libvirt itself does not restore it.',
    kind: 'snapshot',
    format: 'sparse',
    good: false,
  },
];

/** libvirt writes its own header and XML, and then the stream, wherever that ends. */
const HEADER_BYTES = 92;
const DATA_LENGTH_OFFSET = 20;

const DOMAIN = new URL('../libvirt/domain.xml', import.meta.url);
const DOMAIN_NAME = 'capture';
const MEMORY = { name: 'ram0', sizeBytes: 16 * MIB };

/**
 * Makes a capture with libvirt: runs its daemon (this needs root), saves a domain of one paused VM, has libvirt restore it, and tries
 * to restore the file with QEMU alone.
 */
export async function makeLibvirtCapture({
  name,
  what,
  kind,
  format,
  good,
}: LibvirtImage): Promise<CaptureInfo> {
  const installed = await installQemu('10.0', 'libvirt');
  if (installed.kind === 'missing') throw new Error(installed.reason);
  const found = findLibvirt('10.0');
  if (found.kind === 'missing') throw new Error(found.reason);
  const memory = patternImage(MEMORY.sizeBytes, 0);
  const libvirt = await startLibvirt(found, [
    `save_image_format = "${format}"`,
    `snapshot_image_format = "${format}"`,
  ]);
  try {
    await startDomain(libvirt, memory);
    const path = join(libvirt.folder, 'image.save');
    if (kind === 'save') await libvirt.virsh('save', DOMAIN_NAME, path);
    else {
      const memspec = `file=${path},snapshot=external`;
      await libvirt.virsh('snapshot-create-as', DOMAIN_NAME, '--no-metadata', '--memspec', memspec);
      await libvirt.virsh('destroy', DOMAIN_NAME);
    }
    const restored = await libvirt.ask('restore', '--paused', path);
    const image = await SparseImage.fromFile(path);
    const streamOffset = HEADER_BYTES + Buffer.from(image.bytes(DATA_LENGTH_OFFSET, 4)).readUInt32LE();
    const machine = destination(memory);
    const restoreResults = await restoreEverywhere(machine, path, { streamOffset, capabilities: [] });
    if (QEMU_VERSIONS.some((version) => (restoreResults[version]?.verdict === 'restores') !== good)) {
      throw new Error(`should ${good ? '' : 'not '}restore, but: ${JSON.stringify(restoreResults)}`);
    }
    return await storeCapture(
      {
        id: `libvirt-11.3/${name}`,
        what,
        qemu: installed.versionText.replace('emulator version ', ''),
        libvirt: `libvirt ${readInstalled(groupPath('10.0', 'libvirt'))?.packageVersion}`,
        machine,
        capabilities: format === 'sparse' && kind === 'save' ? ['mapped-ram'] : [],
        parameters: {},
        steps: [
          `set ${kind === 'save' ? 'save' : 'snapshot'}_image_format = "${format}" in qemu.conf`,
          'virsh create --paused domain.xml, and put the pattern into its memory',
          kind === 'save' ? 'virsh save' : 'virsh snapshot-create-as --memspec file=...,snapshot=external',
          restored.code === 0 ? 'virsh restores it' : 'virsh does not restore it',
        ],
        streamOffset,
        good,
        restoreCapabilities: [],
        restoreResults,
      },
      image,
    );
  } finally {
    await libvirt.kill();
  }
}

/** The guest's memory is a file that QEMU has mapped: written in place, it is what the guest has. */
async function startDomain(libvirt: Libvirt, memory: SparseImage): Promise<void> {
  const { folder } = libvirt;
  const xml = (await readFile(DOMAIN, 'utf8')).replace('/capture/firmware.bin', join(folder, 'firmware.bin'));
  await writeFile(join(folder, 'domain.xml'), xml);
  await writeFile(join(folder, 'firmware.bin'), idlingFirmware());
  await libvirt.virsh('create', '--paused', join(folder, 'domain.xml'));
  const backing = libvirt.pathOf('/var/lib/libvirt/qemu/ram');
  const path = (await readdir(backing, { recursive: true })).find((name) => name.endsWith('pc.ram'));
  if (path === undefined) throw new Error('libvirt has no file for the memory of the domain');
  const file = await open(join(backing, path), 'r+');
  try {
    for (const { byteOffset, bytes } of memory.extents) await file.write(bytes, 0, bytes.length, byteOffset);
  } finally {
    await file.close();
  }
}

/** The machine that libvirt makes of domain.xml, as far as a restore has to agree. */
function destination(memory: SparseImage): CaptureMachine {
  const machine = pcMachine('pc-i440fx-10.0,usb=off,acpi=off', MEMORY);
  return { ...machine, memory: [{ ...MEMORY, sha256: memory.sha256(), inSnapshot: true }] };
}
