import { connectQmp, type QmpClient } from '@mapped-ram/qmp';
import { findLibvirt, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from './mr-lint/main.js';
import { LibvirtBed } from './testing/libvirt-bed.js';
import { memoryTerminal } from './testing/memory-terminal.js';
import { runMr } from './testing/run-mr.js';

/** Enough for a save to take some time; what the guest never touched takes no memory. */
const MEMORY_MIB = 1024;

/** What became of QEMU's part of the save: the daemon that comes next breaks it off where it still goes on, so that it may be either. */
type End = 'completed' | 'cancelled';

/** libvirt's daemon dies in the middle of a save and is started again, as systemd does. */
describe.each(['10.0', '11.1'] as const)('with libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`nothing is tried: ${found.reason}`);
    return;
  }
  let bed: LibvirtBed;

  beforeAll(async () => {
    bed = await LibvirtBed.make(await startLibvirt(found, ['save_image_format = "sparse"']));
  });
  afterEach(() => bed.end());
  afterAll(() => bed.libvirt.kill());

  /** Starts a guest with a second monitor. */
  async function startGuest(): Promise<QmpClient> {
    const socket = bed.path('guest.qmp');
    await bed.start({
      memoryMib: MEMORY_MIB,
      elements: `<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-qmp'/><arg value='unix:${socket},server=on,wait=off'/></commandline>`,
    });
    return await connectQmp(socket);
  }

  /** Whether QEMU's part of the save came to that end, while libvirt's daemon stood still in the middle of it. */
  async function stopDaemon(end: End, qmp: QmpClient): Promise<boolean> {
    const status = async () => {
      const answer = (await qmp.execute('query-migrate')) as { status?: string };
      return answer.status ?? '';
    };
    try {
      while (!['active', 'completed'].includes(await status())) {}
      bed.libvirt.signalDaemon('SIGSTOP');
      if (end === 'cancelled') await qmp.execute('migrate_cancel');
      while (!['completed', 'cancelled'].includes(await status())) {}
      return (await status()) === end;
    } catch {
      // libvirt was quicker, and has ended QEMU.
      return false;
    }
  }

  /** Has the daemon die in the middle of a save, as often as it takes to come to that end. @returns the image */
  async function dieDuringSave(end: End): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const image = bed.path(`${end}-${attempt}.save`);
      const qmp = await startGuest();
      const save = bed.libvirt.ask('save', 'guest', image);
      const isMet = await stopDaemon(end, qmp);
      bed.libvirt.signalDaemon(isMet ? 'SIGKILL' : 'SIGCONT');
      await save;
      qmp.close();
      if (isMet) return image;
      await bed.end();
    }
  }

  async function lint(path: string): Promise<string> {
    const terminal = memoryTerminal();
    await main([path], terminal, new AbortController().signal);
    return terminal.out.replaceAll(/\s+/g, ' ');
  }

  it('lets the domain go on after a save that QEMU had ended; mr repair mends the image, and warns', async () => {
    const image = await dieDuringSave('completed');
    await expect.poll(async () => (await bed.libvirt.ask('domstate', 'guest')).stdout).toContain('running');
    await bed.countsOn();
    await bed.end();
    expect(await lint(image)).toMatch(
      /libvirt-incomplete.*do not restore the image over disks that did.*REFUSED/,
    );
    expect((await bed.libvirt.ask('restore', image)).stderr).toContain('incomplete');
    const mended = bed.path('mended.save');
    const { status, out } = await runMr('repair', image, mended);
    expect(status).toBe(0);
    expect(out).toContain('libvirt may have let the domain go on after this save');
    await bed.libvirt.virsh('restore', mended);
    await bed.countsOn();
  });

  it('lets it go on after a save that was broken off, too; mr repair mends nothing', async () => {
    const image = await dieDuringSave('cancelled');
    await expect.poll(async () => (await bed.libvirt.ask('domstate', 'guest')).stdout).toContain('running');
    await bed.countsOn();
    await bed.end();
    expect(await lint(image)).toMatch(/libvirt-incomplete.*REFUSED/);
    const { status, err } = await runMr('repair', image, bed.path('none.save'));
    expect(status).toBe(1);
    expect(err).toContain('cut short');
  });

  it('has its own monitor of a guest taken, which is said at once', async () => {
    await bed.start();
    const id = (await bed.libvirt.virsh('domid', 'guest')).trim();
    const socket = bed.libvirt.pathOf(`/var/lib/libvirt/qemu/domain-${id}-guest/monitor.sock`);
    const { status, err } = await runMr('save', '--qmp', socket, bed.path('none.mr'));
    expect(status).not.toBe(0);
    expect(err).toContain('libvirt is connected to the monitor');
    expect(err).toContain('<qemu:commandline>');
  });
});
