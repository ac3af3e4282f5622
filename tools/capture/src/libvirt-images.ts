import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CaptureInfo, type CaptureMachine, SparseImage, storeCapture } from '@mapped-ram/fixtures';
import { groupPath, installQemu, QEMU_VERSIONS, readInstalled } from '@mapped-ram/tool-qemu';
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

const SCRIPTS = fileURLToPath(new URL('../libvirt', import.meta.url));
const MEMORY = { name: 'ram0', sizeBytes: 16 * MIB };

/**
 * Makes a capture with libvirt: unpacks it beside QEMU, runs its daemon there (this needs root, for a chroot and mounts in a
 * namespace of their own), saves a domain of one paused VM, and tries to restore the file with QEMU alone.
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
  const root = groupPath('10.0', 'libvirt');
  const folder = join(root, 'capture');
  const memory = patternImage(MEMORY.sizeBytes, 0);
  await mkdir(folder, { recursive: true });
  try {
    await copyFile(join(SCRIPTS, 'domain.xml'), join(folder, 'domain.xml'));
    await writeFile(join(folder, 'firmware.bin'), idlingFirmware());
    await memory.writeTo(join(folder, 'memory.bin'));
    const { stdout } = await promisify(execFile)('unshare', [
      ...['--mount', '--pid', '--fork', 'sh', join(SCRIPTS, 'make-image.sh'), root, kind, format],
    ]);
    const path = join(folder, 'image.save');
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
        libvirt: `libvirt ${readInstalled(root)?.packageVersion}`,
        machine,
        capabilities: format === 'sparse' && kind === 'save' ? ['mapped-ram'] : [],
        parameters: {},
        steps: [
          `set ${kind === 'save' ? 'save' : 'snapshot'}_image_format = "${format}" in qemu.conf`,
          'virsh create --paused domain.xml, and put the pattern into its memory',
          kind === 'save' ? 'virsh save' : 'virsh snapshot-create-as --memspec file=...,snapshot=external',
          ...stdout
            .trim()
            .split('\n')
            .filter((line) => line.startsWith('virsh ')),
        ],
        streamOffset,
        good,
        restoreCapabilities: [],
        restoreResults,
      },
      image,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The machine that libvirt makes of domain.xml, as far as a restore has to agree. */
function destination(memory: SparseImage): CaptureMachine {
  const machine = pcMachine('pc-i440fx-10.0,usb=off,acpi=off', MEMORY);
  return { ...machine, memory: [{ ...MEMORY, sha256: memory.sha256(), inSnapshot: true }] };
}
