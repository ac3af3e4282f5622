import { readdirSync, readFileSync } from 'node:fs';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareLibvirtClone } from '@mapped-ram/clone';
import type { ObservedQemu } from '@mapped-ram/tool-qemu';
import { type Libvirt, type LibvirtProgram, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { allocated, median } from './bars.js';
import { COUNTER_ADDRESS, fillMemory, writeFirmware } from './counting-guest.js';
import { guestWords, proportionalBytes, readAll } from './guest-words.js';

const MIB = 1024 * 1024;
/** What the main RAM is called in a clone. */
const RAM_ID = 'mr.ram';
/** Where each clone gets a word of its own. */
const OWN_WORD = 0x10_0000;

/** What clones that virsh restores took. */
export interface LibvirtFigures {
  readonly clones: number;
  readonly imageBytes: number;
  /** Of `virsh restore`, the program's own start included. */
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly proportionalBytes: number;
  /** Whether each saw only what was written to it. */
  readonly isolated: boolean;
}

/** Has libvirt save a domain of that much memory, and restore clones of it, each of which is paused once it ran. */
export async function measureLibvirt(
  program: LibvirtProgram,
  sizeBytes: number,
  clones: number,
): Promise<LibvirtFigures> {
  const libvirt = await startLibvirt(program, ['save_image_format = "sparse"']);
  try {
    const image = await saveDomain(libvirt, sizeBytes);
    const times: number[] = [];
    const vms: ObservedQemu[] = [];
    for (let index = 0; index < clones; index++) {
      // No process of another libvirt has that name.
      const name = `bars-${process.pid}-${index}`;
      const output = join(libvirt.folder, `${name}.save`);
      await prepareLibvirtClone(image, output, { name });
      const started = performance.now();
      await libvirt.virsh('restore', output);
      times.push(performance.now() - started);
      const vm = observe(libvirt, name);
      await countsOn(vm);
      // So many guests that do nothing but count would take each other's time.
      await libvirt.virsh('suspend', name);
      vms.push(vm);
    }
    const words = await Promise.all(vms.map((vm) => guestWords(vm, RAM_ID)));
    for (const [index, guest] of words.entries()) guest.write(OWN_WORD, 0x1000 + index);
    const isolated = words.every((guest, index) => guest.read(OWN_WORD) === 0x1000 + index);
    for (const vm of vms) await readAll(vm, RAM_ID);
    return {
      clones,
      imageBytes: allocated(image),
      medianMs: median(times),
      slowestMs: Math.max(...times),
      proportionalBytes: vms.reduce((sum, vm) => sum + proportionalBytes(vm.process.pid ?? 0), 0),
      isolated,
    };
  } finally {
    await libvirt.kill();
  }
}

/** A save image of a domain with memory of which three quarters are set, which nobody may write to. */
async function saveDomain(libvirt: Libvirt, sizeBytes: number): Promise<string> {
  const { folder, virsh } = libvirt;
  const [domain, image] = [join(folder, 'domain.xml'), join(folder, 'guest.save')];
  await writeFirmware(folder);
  await writeFile(
    domain,
    `<domain type='qemu'>
  <name>guest</name>
  <memory unit='MiB'>${sizeBytes / MIB}</memory>
  <vcpu>1</vcpu>
  <memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>
  <os><type arch='x86_64' machine='q35'>hvm</type><loader type='rom'>${join(folder, 'firmware.bin')}</loader></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <audio id='1' type='none'/>
  </devices>
</domain>
`,
  );
  await virsh('create', '--paused', domain);
  const backing = libvirt.pathOf('/var/lib/libvirt/qemu/ram');
  const name = (await readdir(backing, { recursive: true })).find((path) => path.endsWith('pc.ram'));
  if (name === undefined) throw new Error('libvirt has no file for the memory of the domain');
  await fillMemory(join(backing, name), sizeBytes);
  await virsh('resume', 'guest');
  await virsh('save', 'guest', image);
  await chmod(image, 0o444);
  return image;
}

/** Waits until the guest counts. */
async function countsOn(vm: ObservedQemu): Promise<void> {
  const words = await guestWords(vm, RAM_ID);
  const before = words.read(COUNTER_ADDRESS);
  while (words.read(COUNTER_ADDRESS) === before) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A domain's QEMU, asked by way of libvirt. */
function observe(libvirt: Libvirt, name: string): ObservedQemu {
  return {
    process: { pid: pidOf(name) },
    qmp: {
      async execute(command, args = {}, { result } = {}) {
        const question = JSON.stringify({ execute: command, arguments: args });
        const answer = JSON.parse(await libvirt.virsh('qemu-monitor-command', name, question));
        return result === undefined ? answer.return : result(answer.return, command);
      },
    },
  };
}

/** The daemon counts processes from 1, so its own word for it is of no use here. */
function pidOf(name: string): number {
  const isIt = (pid: string) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return (
        words[0]?.includes('qemu-system') === true && words.some((word) => word.startsWith(`guest=${name},`))
      );
    } catch {
      return false;
    }
  };
  const pid = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .find(isIt);
  if (pid === undefined) throw new Error(`no QEMU runs ${name}`);
  return Number(pid);
}
