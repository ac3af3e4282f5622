import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, type QmpClient, QmpError, queryRamBlocks, record, shape, text } from '@mapped-ram/qmp';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import type { Destination, DestinationState } from './destination.js';
import { describeMemory } from './record/describe-memory.js';
import { describeProcessor } from './record/describe-processor.js';

/**
 * Asks a QEMU that waits for a guest (`-incoming defer`), or whose guest stands still, what it would accept. Nothing of it
 * changes: it writes the states of its devices into a file of ours (`xen-save-devices-state`, QEMU 9.0 to 11.1,
 * migration/savevm.c), and can restore afterwards.
 *
 * @param folder Where QEMU is to write; the system's folder for temporary files by default. Nothing is left in it.
 * @throws QmpError; MappedRamError `qmp-timeout`, `qmp-closed`, `bad-qmp-result`, `read-failed`
 */
export async function describeDestination(qmp: QmpClient, folder = tmpdir()): Promise<Destination> {
  const { major, minor, micro, package: distributor } = qmp.greeting.version;
  const machine = await qmp.execute('qom-get', { path: '/machine', property: 'type' }, { result: text });
  const { arch } = await qmp.execute('query-target', {}, { result: shape({ arch: text }) });
  const blocks = await queryRamBlocks(qmp);
  const uuid = await uuidOf(qmp);
  const processors = await countProcessors(qmp);
  const { model, features } = await describeProcessor(qmp, arch);
  const memory = await describeMemory(qmp, blocks);
  return {
    format: 'mapped-ram-destination',
    version: 1,
    release: `${major}.${minor}`,
    qemu: `${major}.${minor}.${micro}${distributor === '' ? '' : ` (${distributor})`}`,
    target: arch,
    machine: machine.replace(/-machine$/, ''),
    ...(uuid !== undefined && { uuid }),
    ...(processors !== undefined && { processors }),
    ...(model !== undefined && { processorModel: model }),
    ...(features !== undefined && { processorFeatures: features }),
    blocks: blocks.map(({ idstr, usedLength, maxLength }) => ({ idstr, usedLength, maxLength })),
    ...(memory !== undefined && { memory }),
    states: await askStates(qmp, folder),
  };
}

/** What a machine has that was given none. */
const NO_UUID = '00000000-0000-0000-0000-000000000000';

async function uuidOf(qmp: QmpClient): Promise<string | undefined> {
  const { UUID } = await qmp.execute('query-uuid', {}, { result: shape({ UUID: text }) });
  return UUID === NO_UUID ? undefined : UUID;
}

/** Machines that cannot be given processors while they run do not answer. */
async function countProcessors(qmp: QmpClient): Promise<number | undefined> {
  try {
    return (await qmp.execute('query-hotpluggable-cpus', {}, { result: list(record) })).length;
  } catch (error) {
    if (error instanceof QmpError) return undefined;
    throw error;
  }
}

async function askStates(qmp: QmpClient, parent: string): Promise<DestinationState[]> {
  const folder = await mkdtemp(join(parent, 'mr-fit-'));
  try {
    const path = join(folder, 'devices');
    // Not live: it would go on with a guest that stands still.
    await qmp.execute('xen-save-devices-state', { filename: path, live: false });
    const snapshot = await openSnapshot(await openFileSource(path), { tolerant: true });
    try {
      const states: DestinationState[] = [];
      for (const section of snapshot.sections) {
        if (section.kind !== 'full') continue;
        const { idstr, instanceId, versionId } = section;
        const body = Buffer.from(await snapshot.readDeviceState(section)).toString('base64');
        states.push({ idstr, instanceId, versionId, body });
      }
      const isTold = snapshot.sections.some((section) => 'footer' in section && section.footer !== undefined);
      return isTold ? states : [];
    } finally {
      await snapshot.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
