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
  /** The name of a subsection, in the stream and in the vmdescription. */
  readonly subsection: string;
  /** A value of a device. */
  readonly value: string;
}

const PAGE_SIZE = 4096;
const BLOCK_PAGES = 4;
const SECTION_ID = 7;
const FULL = 4;
const SUBSECTION = 5;

/** Texts of which none gives orders. */
export const harmlessTexts: SnapshotTexts = {
  machine: 'pc-q35-10.0',
  capability: 'mapped-ram',
  block: 'pc.ram',
  section: 'timer',
  description: 'timer',
  subsection: 'timer/more',
  value: 'value',
};

/** Writes a snapshot with one block and one device that holds these texts. */
export async function writeHostileSnapshot(path: string, texts: SnapshotTexts): Promise<void> {
  const value = Buffer.from(texts.value, 'latin1');
  const block = { idstr: texts.block, usedLength: BLOCK_PAGES * PAGE_SIZE, pageSize: PAGE_SIZE };
  const described = describeSnapshot({
    machine: texts.machine,
    blocks: [block],
    devices: [deviceSection(texts.section, value, texts.subsection)],
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

function deviceSection(name: string, value: Uint8Array, subsection: string): Uint8Array {
  const idstr = Buffer.from(name, 'latin1');
  const head = Buffer.alloc(6);
  head.writeUInt8(FULL, 0);
  head.writeUInt32BE(SECTION_ID, 1);
  head.writeUInt8(idstr.length, 5);
  const versions = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
  const more = Buffer.from(subsection, 'latin1');
  const subsectionHead = Buffer.concat([Buffer.of(SUBSECTION, more.length), more, Buffer.of(0, 0, 0, 1)]);
  return Buffer.concat([head, idstr, versions, value, subsectionHead, footer(SECTION_ID)]);
}

function descriptionOf({ section, description, subsection }: SnapshotTexts, size: number) {
  const fields = [{ name: description, type: 'buffer', size }];
  const subsections = [{ vmsd_name: subsection, version: 1, fields: [] }];
  const device = { name: section, instance_id: 0, vmsd_name: description, version: 1, fields, subsections };
  return {
    configuration: { vmsd_name: 'configuration', version: 1, fields: [] },
    page_size: PAGE_SIZE,
    devices: [device],
  };
}
