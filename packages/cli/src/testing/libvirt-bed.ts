import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dirtyingFirmware } from '@mapped-ram/tool-capture/guests';
import type { Libvirt } from '@mapped-ram/tool-qemu/libvirt';

/** Where the guest counts, in bytes of its memory. */
const COUNTER_ADDRESS = 0x502;
const MIB = 1024 * 1024;

/** A stretch of guest memory: its address and its length, in bytes. */
type Stretch = readonly [address: number, lengthBytes: number];

/** What is to be another in a domain than in the smallest one. */
export interface DomainParts {
  readonly name?: string;
  readonly machine?: string;
  /** All of it, with DIMMs. */
  readonly memoryMib?: number;
  /** Where that lies. */
  readonly memory?: readonly Stretch[];
  readonly processors?: number;
  /** Elements beside the usual ones. */
  readonly elements?: string;
  readonly devices?: string | undefined;
  /** UEFI in flash, with a file of its own for its variables, instead of a guest that counts. */
  readonly firmware?: { readonly code: string; readonly variables: string; readonly nvram: string };
  /** The file of a memory backend that nobody else writes to, to be filled. */
  readonly filledFile?: string;
}

const SMALLEST: DomainParts = {};

/** Domains of a libvirt, whose guest counts up and writes the count into 128 of its pages. */
export class LibvirtBed {
  readonly libvirt: Libvirt;
  /** What the domains are that were started last, and so those that are restored. */
  #parts = SMALLEST;

  private constructor(libvirt: Libvirt) {
    this.libvirt = libvirt;
  }

  static async make(libvirt: Libvirt): Promise<LibvirtBed> {
    await writeFile(join(libvirt.folder, 'firmware.bin'), dirtyingFirmware());
    await writeFile(join(libvirt.folder, 'disk'), Buffer.alloc(MIB));
    return new LibvirtBed(libvirt);
  }

  path(name: string): string {
    return join(this.libvirt.folder, name);
  }

  /** Writes into a file, such as an image's header. */
  async patch(path: string, byteOffset: number, bytes: Uint8Array): Promise<void> {
    const file = await open(path, 'r+');
    await file.write(bytes, 0, bytes.length, byteOffset);
    await file.close();
  }

  domainXml({
    name = 'guest',
    machine = 'pc',
    memoryMib = 16,
    processors = 1,
    elements = '',
    devices = '',
    firmware,
  }: DomainParts): string {
    const loader =
      firmware === undefined
        ? `<loader type='rom'>${this.path('firmware.bin')}</loader>`
        : `<loader readonly='yes' type='pflash'>${this.path('code.fd')}</loader><nvram>${firmware.nvram}</nvram>`;
    return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${memoryMib}</memory>
  <vcpu>${processors}</vcpu>
  <os>
    <type arch='x86_64' machine='${machine}'>hvm</type>
    ${loader}
  </os>
  ${elements}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <audio id='1' type='none'/>
    ${devices}
  </devices>
</domain>
`;
  }

  /** Defines a domain, so that it is there also when it does not run. */
  async define(parts: DomainParts = SMALLEST): Promise<void> {
    await this.#write(parts);
    await this.libvirt.virsh('define', this.path('domain.xml'));
  }

  /** Starts a domain and waits until its guest counts. */
  async start(parts: DomainParts = SMALLEST): Promise<void> {
    await this.#write(parts);
    await this.libvirt.virsh('create', this.path('domain.xml'));
    await this.begins(parts);
  }

  /** Waits until the guest of a domain that was started counts, and fills what is to be filled. */
  async begins({ name, filledFile }: DomainParts): Promise<void> {
    await this.countsOn(name);
    if (filledFile !== undefined) await this.#fill(filledFile);
  }

  /** Waits until the counter is another; where there is none, something of the memory. */
  async countsOn(name = 'guest'): Promise<void> {
    const count = () => (this.#parts.firmware === undefined ? this.counter(name) : this.memory(name));
    const before = await count();
    while ((await count()) === before) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async counter(name = 'guest'): Promise<string> {
    return this.#monitor(name, `xp /1xh ${COUNTER_ADDRESS}`);
  }

  /** A digest of all memory of a domain that stands still. */
  async memory(name = 'guest'): Promise<string> {
    const path = this.path(`${name}.memory`);
    const hash = createHash('sha256');
    for (const [address, lengthBytes] of this.#parts.memory ?? [[0, 16 * MIB]]) {
      await this.#monitor(name, `pmemsave ${address} ${lengthBytes} "${path}"`);
      for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
    }
    await rm(path);
    return hash.digest('hex');
  }

  /** Restores an image, holds the guest's memory against what was saved, and lets it go on. It is gone then. */
  async restoreAndCompare(image: string, wanted: string, name = 'guest'): Promise<'equal' | 'differs'> {
    const { virsh } = this.libvirt;
    await virsh('restore', '--paused', image);
    const memory = await this.memory(name);
    await virsh('resume', name);
    await this.countsOn(name);
    await virsh('destroy', name);
    return memory === wanted ? 'equal' : 'differs';
  }

  /** Ends a domain, if it is there. */
  async end(name = 'guest'): Promise<void> {
    await this.libvirt.ask('destroy', name);
  }

  async #write(parts: DomainParts): Promise<void> {
    this.#parts = parts;
    const { firmware } = parts;
    if (firmware !== undefined) {
      await copyFile(firmware.code, this.path('code.fd'));
      await copyFile(firmware.variables, firmware.nvram);
    }
    await writeFile(this.path('domain.xml'), this.domainXml(parts));
  }

  /** QEMU has the file mapped: written in place, it is what the guest has. */
  async #fill(name: string): Promise<void> {
    const backing = this.libvirt.pathOf('/var/lib/libvirt/qemu/ram');
    const path = (await readdir(backing, { recursive: true })).find((found) => found.endsWith(name));
    if (path === undefined) throw new Error(`libvirt has no file ${name} for memory`);
    const file = await open(join(backing, path), 'r+');
    const words = BigUint64Array.from({ length: (4 * MIB) >> 3 }, (_, index) => BigInt(index) + 1n);
    await file.write(new Uint8Array(words.buffer), 0, words.byteLength, 0);
    await file.close();
  }

  #monitor(name: string, command: string): Promise<string> {
    return this.libvirt.virsh('qemu-monitor-command', name, '--hmp', command);
  }
}
