import { captureInfo, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { openSnapshot, type Snapshot, type Vmdescription } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { deviceSections } from './device-sections.js';
import { readDeviceState } from './device-state.js';
import { stateFields } from './state-fields.js';

/** Captures without a vmdescription, and one of the same machine and QEMU that has it. */
const DESCRIBED_BY: Readonly<Record<string, string>> = {
  'qemu-10.0/bare': 'qemu-10.0/microvm',
  'qemu-10.0/no-configuration': 'qemu-10.0/microvm',
  'qemu-10.0/no-vmdesc': 'qemu-10.0/pc',
  'qemu-11.1/no-vmdesc': 'qemu-11.1/pc',
};

async function open(id: string): Promise<Snapshot> {
  const { streamOffset } = captureInfo(id);
  return openSnapshot(await loadCapture(id), { tolerant: true, ...(streamOffset > 0 && { streamOffset }) });
}

async function descriptionFor(id: string): Promise<Vmdescription | undefined> {
  const other = DESCRIBED_BY[id];
  return other === undefined ? undefined : (await open(other)).vmdescription?.json;
}

describe.each(testedCaptures())('%s', (id) => {
  it('is accounted for to the last byte of every device', async () => {
    const snapshot = await open(id);
    const description = await descriptionFor(id);
    for (const section of deviceSections(snapshot)) {
      const { state, boundedBy, lengthBytes, byteOffset } = await readDeviceState(
        snapshot,
        section,
        description,
      );
      if (state === undefined) {
        // Iterable state has a grammar of its own instead of a description.
        expect([section.idstr, boundedBy]).toEqual([section.idstr, 'grammar']);
        continue;
      }
      expect([state.byteOffset, state.lengthBytes]).toEqual([byteOffset, lengthBytes]);
      let position = byteOffset;
      for (const { path, node } of stateFields(state)) {
        // Between fields there are only the headers of subsections: type, name and version.
        const gap = node.byteOffset - position;
        expect(gap === 0 || gap >= 6, `${path} leaves ${gap} bytes`).toBe(true);
        position = node.byteOffset + node.lengthBytes;
      }
      expect(position, section.idstr).toBeLessThanOrEqual(byteOffset + lengthBytes);
    }
  });
});

it('refuses a description that does not fit', async () => {
  const snapshot = await open('qemu-10.0/no-vmdesc');
  const description = (await open('qemu-10.0/q35')).vmdescription?.json;
  const read = async () => {
    for (const section of deviceSections(snapshot)) await readDeviceState(snapshot, section, description);
  };
  await expect(read()).rejects.toMatchObject({ code: 'device-state-mismatch' });
});
