import { list, type QemuRamBlock, type QmpClient, queryRamBlocks, shape, text, truth } from '@mapped-ram/qmp';
import { type GuestState, queryGuest } from '../guest-state.js';
import { type MigrationInfo, queryMigration } from '../migration-info.js';
import { type MigrationSettings, type QmpExecutor, readSettings } from '../migration-settings.js';

/** What a preflight knows of a running QEMU. */
export interface QemuFacts {
  /** Such as `10.0`. */
  readonly version: string;
  readonly settings: MigrationSettings;
  readonly guest: GuestState;
  readonly migration: MigrationInfo;
  /** As a snapshot names it, such as `pc-q35-10.0`. */
  readonly machine: string;
  /** Such as `x86_64`. */
  readonly architecture: string;
  readonly blocks: readonly QemuRamBlock[];
  /** Whether there is a balloon that tells which pages are free. */
  readonly hintsFreePages: boolean;
}

const target = shape({ arch: text });
const properties = list(shape({ name: text, type: text }));

/**
 * Asks QEMU for all that a preflight looks at. Nothing changes.
 *
 * @throws as `execute`
 */
export async function gatherQemuFacts(qmp: QmpClient): Promise<QemuFacts> {
  const { major, minor } = qmp.greeting.version;
  const type = { path: '/machine', property: 'type' };
  const machine = await qmp.execute('qom-get', type, { result: text });
  const { arch } = await qmp.execute('query-target', {}, { result: target });
  return {
    version: `${major}.${minor}`,
    settings: await readSettings(qmp),
    guest: await queryGuest(qmp),
    migration: await queryMigration(qmp),
    machine: machine.replace(/-machine$/, ''),
    architecture: arch,
    blocks: await queryRamBlocks(qmp),
    hintsFreePages: await hintsFreePages(qmp),
  };
}

const DEVICE_FOLDERS = ['/machine/peripheral', '/machine/peripheral-anon'];

/** A balloon tells of free pages where the property is on; QEMU does not take it without an I/O thread. */
async function hintsFreePages(qmp: QmpExecutor): Promise<boolean> {
  for (const folder of DEVICE_FOLDERS) {
    const devices = await qmp.execute('qom-list', { path: folder }, { result: properties });
    for (const { name } of devices.filter(({ type }) => type.startsWith('child<virtio-balloon'))) {
      const device = { path: `${folder}/${name}`, property: 'free-page-hint' };
      if (await qmp.execute('qom-get', device, { result: truth })) return true;
    }
  }
  return false;
}
