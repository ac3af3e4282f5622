import { type QemuRamBlock, type QmpClient, queryRamBlocks, shape, text } from '@mapped-ram/qmp';
import { type GuestState, queryGuest } from '../guest-state.js';
import { type MigrationInfo, queryMigration } from '../migration-info.js';
import { type MigrationSettings, readSettings } from '../migration-settings.js';
import { findHintingBalloon, type HintingBalloon } from './balloon.js';

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
  /** The one that tells which pages are free. */
  readonly balloon: HintingBalloon | undefined;
}

const target = shape({ arch: text });

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
    balloon: await findHintingBalloon(qmp),
  };
}
