import { configurationSection, createSnapshot, describeSnapshot, footer } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';

/** The texts that a snapshot holds. */
export interface SnapshotTexts {
  readonly machine: string;
  readonly capability: string;
  readonly block: string;
  readonly section: string;
  /** Names in the vmdescription. */
  readonly description: string;
  /** A value of a device. */
  readonly value: string;
}

const PAGE_SIZE = 4096;
const BLOCK_PAGES = 4;
const SECTION_ID = 7;
const FULL = 4;

/** Texts of which none gives orders. */
export const harmlessTexts: SnapshotTexts = {
  machine: 'pc-q35-10.0',
  capability: 'mapped-ram',
  block: 'pc.ram',
  section: 'timer',
  description: 'timer',
  value: 'value',
};

/** Writes a snapshot with one block and one device that holds these texts. */
export async function writeHostileSnapshot(path: string, texts: SnapshotTexts): Promise<void> {
  const value = Buffer.from(texts.value, 'latin1');
  const block = { idstr: texts.block, usedLength: BLOCK_PAGES * PAGE_SIZE, pageSize: PAGE_SIZE };
  const described = describeSnapshot({
    machine: texts.machine,
    blocks: [block],
    devices: [deviceSection(texts.section, value)],
    vmdescription: Buffer.from(JSON.stringify(descriptionOf(texts, value.length))),
  });
  const capabilities = [...new Set(['mapped-ram', texts.capability])];
  const configuration = configurationSection({ machine: texts.machine, capabilities });
  const target = await createFileTarget(path);
  const head = described.head.with(1, configuration);
  const writer = await createSnapshot(target, { ...described, head });
  await writer.writePages(0, 0, new Uint8Array(PAGE_SIZE).fill(7));
  await writer.finish();
}

function deviceSection(name: string, value: Uint8Array): Uint8Array {
  const idstr = Buffer.from(name, 'latin1');
  const head = Buffer.alloc(6);
  head.writeUInt8(FULL, 0);
  head.writeUInt32BE(SECTION_ID, 1);
  head.writeUInt8(idstr.length, 5);
  const versions = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
  return Buffer.concat([head, idstr, versions, value, footer(SECTION_ID)]);
}

function descriptionOf({ section, description }: SnapshotTexts, size: number) {
  const fields = [{ name: description, type: 'buffer', size }];
  const device = { name: section, instance_id: 0, vmsd_name: description, version: 1, fields };
  return {
    configuration: { vmsd_name: 'configuration', version: 1, fields: [] },
    page_size: PAGE_SIZE,
    devices: [device],
  };
}
