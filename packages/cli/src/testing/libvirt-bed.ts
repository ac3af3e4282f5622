import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dirtyingFirmware } from '@mapped-ram/tool-capture/guests';
import type { Libvirt } from '@mapped-ram/tool-qemu/libvirt';

/** Where the guest counts, in bytes of its memory. */
const COUNTER_ADDRESS = 0x502;

/** What is to be another in a domain than in the smallest one. */
export interface DomainParts {
  readonly name?: string;
  readonly machine?: string;
  readonly memoryMib?: number;
  readonly processors?: number;
  /** Elements beside the usual ones. */
  readonly elements?: string;
  readonly devices?: string | undefined;
}

/** Domains of a libvirt, whose guest counts up and writes the count into 128 of its pages. */
export class LibvirtBed {
  readonly libvirt: Libvirt;

  private constructor(libvirt: Libvirt) {
    this.libvirt = libvirt;
  }

  static async make(libvirt: Libvirt): Promise<LibvirtBed> {
    await writeFile(join(libvirt.folder, 'firmware.bin'), dirtyingFirmware());
    return new LibvirtBed(libvirt);
  }

  path(name: string): string {
    return join(this.libvirt.folder, name);
  }

  domainXml({
    name = 'guest',
    machine = 'pc',
    memoryMib = 16,
    processors = 1,
    elements = '',
    devices = '',
  }: DomainParts): string {
    return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${memoryMib}</memory>
  <vcpu>${processors}</vcpu>
  <os>
    <type arch='x86_64' machine='${machine}'>hvm</type>
    <loader type='rom'>${this.path('firmware.bin')}</loader>
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

  /** Starts a domain and waits until its guest counts. */
  async start(parts: DomainParts = {}): Promise<void> {
    const path = this.path('domain.xml');
    await writeFile(path, this.domainXml(parts));
    await this.libvirt.virsh('create', path);
    await this.countsOn(parts.name);
  }

  /** Waits until the counter is another. */
  async countsOn(name = 'guest'): Promise<void> {
    const before = await this.counter(name);
    while ((await this.counter(name)) === before) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async counter(name = 'guest'): Promise<string> {
    return this.#monitor(name, `xp /1xh ${COUNTER_ADDRESS}`);
  }

  /** A digest of all memory of a domain that stands still. */
  async memory(name = 'guest', memoryMib = 16): Promise<string> {
    const path = this.path(`${name}.memory`);
    await this.#monitor(name, `pmemsave 0 ${memoryMib * 2 ** 20} "${path}"`);
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
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

  #monitor(name: string, command: string): Promise<string> {
    return this.libvirt.virsh('qemu-monitor-command', name, '--hmp', command);
  }
}
