import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeDestination, fitSnapshot } from '@mapped-ram/fit';
import { captureInfo, listCaptures, loadCapture } from '@mapped-ram/fixtures';
import { type QmpClient, QmpError, type QmpExecuteOptions } from '@mapped-ram/qmp';
import { findLibvirt, type Libvirt, startLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runMr } from './testing/run-mr.js';

const CAPTURES = ['q35', 'pc', 'numa', 'q35-devices', 'pc-devices', 'microvm', 'virtio-mem', 'dimm'] as const;

/** The domains that `mr command --libvirt` writes, with a real libvirt: it takes them, and the machine fits the file. */
describe.each(['10.0', '11.1'] as const)('with libvirt beside QEMU %s', (version) => {
  const found = findLibvirt(version);
  if (found.kind === 'missing') {
    it.skip(`nothing is tried: ${found.reason}`);
    return;
  }
  let libvirt: Libvirt;

  beforeAll(async () => {
    libvirt = await startLibvirt(found);
    mkdirSync(join(libvirt.folder, 'states'));
    writeFileSync(join(libvirt.folder, 'DISK'), Buffer.alloc(1024 * 1024));
  });
  afterAll(() => libvirt.kill());
  afterEach(async () => {
    await libvirt.ask('destroy', 'guest');
    await libvirt.ask('undefine', 'guest');
  });

  const ids = CAPTURES.map((name) => `qemu-${version}/${name}`).filter((id) => listCaptures().includes(id));

  it.each(ids)('%s: its domain is valid, starts, and fits the file', async (id) => {
    const capture = await loadCapture(id);
    const file = join(libvirt.folder, 'guest.mr');
    await capture.writeTo(file);
    const { status, out, err } = await runMr(
      ...['command', '--libvirt', '--offset', String(captureInfo(id).streamOffset), file],
    );
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const domain = join(libvirt.folder, 'guest.xml');
    writeFileSync(domain, out.replaceAll("file='DISK'", `file='${join(libvirt.folder, 'DISK')}'`));
    await libvirt.virsh('define', '--validate', domain);
    await libvirt.virsh('domxml-to-native', 'qemu-argv', domain);
    await libvirt.virsh('start', '--paused', 'guest');
    const destination = await describeDestination(await monitorOf(libvirt), join(libvirt.folder, 'states'));
    const { verdict, findings } = await fitSnapshot(capture, destination, {
      streamOffset: captureInfo(id).streamOffset,
    });
    const hindrances = findings.filter(({ outcome }) => outcome !== 'restores');
    expect(hindrances.map(({ message }) => message)).toEqual([]);
    expect(verdict).toBe('restores');
  });
});

/** The monitor of the guest's QEMU, through libvirt. */
async function monitorOf(libvirt: Libvirt): Promise<QmpClient> {
  const execute = async <Result>(
    command: string,
    args: object = {},
    { result }: QmpExecuteOptions<Result> = {},
  ): Promise<Result> => {
    const request = JSON.stringify({ execute: command, arguments: args });
    const answer = JSON.parse(await libvirt.virsh('qemu-monitor-command', 'guest', request));
    if (answer.error !== undefined) throw new QmpError(command, answer.error.class, answer.error.desc);
    return result === undefined ? answer.return : result(answer.return, command);
  };
  const { qemu, package: distributor } = await execute<{ qemu: object; package: string }>('query-version');
  return { execute, greeting: { version: { ...qemu, package: distributor } } } as QmpClient;
}
