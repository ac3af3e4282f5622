/** `npx nx run @mapped-ram/migrate:free-page-hint`: what a real guest's balloon saves, and whether the guest goes on elsewhere. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { CACHE_PATH, launchQemu, QEMU_VERSIONS, type QemuVersion } from '@mapped-ram/tool-qemu';
import { installFolder, readInstalled, unpackPackages } from '@mapped-ram/tool-qemu/debian';
import {
  bootLinux,
  connectConsole,
  installLinuxGuest,
  LINUX_GUEST_ARGS,
} from '@mapped-ram/tool-qemu/linux-guest';
import { restoreSnapshot } from '../restore-snapshot.js';
import type { SavedSnapshot } from '../save-options.js';
import { saveSnapshot } from '../save-snapshot.js';

const MODULE = 'virtio_balloon.ko.xz';
/** Where the guest finds a file that QEMU shows it. */
const SHOWN_FILE = '/sys/firmware/qemu_fw_cfg/by_name/opt/mapped-ram/balloon/raw';
const COMMANDS = [
  `cat ${SHOWN_FILE} > /${MODULE}`,
  `insmod /${MODULE}`,
  'mkdir /big && mount -t tmpfs -o size=120m big /big',
  // Used and given back: what it held is of no use to anybody.
  'dd if=/dev/urandom of=/big/file bs=1M count=80 2>/dev/null && rm /big/file',
];

const guest = await installLinuxGuest();
if (guest.kind === 'missing') throw new Error(guest.reason);
const module = await fetchBalloon(guest.release);
const args = [
  ...['-machine', 'q35', '-m', '192M', '-fw_cfg', `name=opt/mapped-ram/balloon,file=${module}`],
  ...['-object', 'iothread,id=thread0', '-device', 'virtio-balloon-pci,free-page-hint=on,iothread=thread0'],
];
for (const version of QEMU_VERSIONS) await compare(version);

/** The driver, of the very kernel that the guest boots. */
async function fetchBalloon(release: string): Promise<string> {
  const folder = join(CACHE_PATH, `linux-balloon-${release}`);
  if (readInstalled(folder) === undefined) {
    await installFolder(folder, async (root, scratch) => {
      const names = [`linux-image-${release}`];
      const unpacked = join(scratch, 'packages');
      await unpackPackages({ names, suites: ['trixie'], withDependencies: false }, unpacked, scratch);
      const path = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).find((one) =>
        one.endsWith(MODULE),
      );
      if (path === undefined) throw new Error(`${MODULE} is not in the package`);
      copyFileSync(join(unpacked, path), join(root, MODULE));
      return { release };
    });
  }
  return join(folder, MODULE);
}

async function compare(version: QemuVersion): Promise<void> {
  const folder = mkdtempSync(join(scratchParent, 'mapped-ram-hints-'));
  const path = join(folder, 'vm.mr');
  const linux = await bootLinux(guest as Extract<typeof guest, { kind: 'found' }>, { version, args });
  try {
    for (const command of COMMANDS) await linux.console.run(command);
    const { qmp } = linux.vm;
    const stopped = await saveSnapshot(qmp, path, { keepRunning: true });
    const hinted = await saveSnapshot(qmp, path, { overwrite: true, freePageHint: true });
    console.log(`QEMU ${version}: stopped ${figures(stopped)}; live with hints ${figures(hinted)}`);
    await expectAlive(version, path);
    if (setPages(hinted) > 0.6 * setPages(stopped))
      throw new Error('the hints saved less than was given back');
  } finally {
    await linux.kill();
    rmSync(folder, { recursive: true });
  }
}

async function expectAlive(version: QemuVersion, path: string): Promise<void> {
  const vm = await launchQemu({ version, args: [...LINUX_GUEST_ARGS, ...args, '-incoming', 'defer'] });
  try {
    const console = await connectConsole(vm.folder);
    await restoreSnapshot(vm.qmp, path, { keepRunning: true });
    const answer = await console.run(
      'ls /big | wc -l; cp /bin/busybox /big/b && cmp /bin/busybox /big/b && echo alive',
    );
    console.close();
    if (!answer.endsWith('alive')) throw new Error(`the restored guest says: ${answer}`);
  } finally {
    await vm.kill();
  }
}

function setPages({ report }: SavedSnapshot): number {
  return report.snapshot?.blocks.reduce((sum, block) => sum + (block.setPages ?? 0), 0) ?? 0;
}

function figures(saved: SavedSnapshot): string {
  return `${setPages(saved)} pages in ${saved.totalMs} ms`;
}
