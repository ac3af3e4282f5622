import { captureInfo, listCaptures, loadCapture, testedCaptures } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import type { Section } from '../model.js';
import { openSnapshot } from '../snapshot.js';
import { countingSource } from '../sources/counting-source.js';

const captures = testedCaptures().map((id) => captureInfo(id));

async function open(id: string, tolerant = false) {
  const info = captureInfo(id);
  const source = countingSource(await loadCapture(id));
  return { source, info, snapshot: await openSnapshot(source, { ...offsetOf(info), tolerant }) };
}

/** A libvirt image says itself where the stream is. */
const offsetOf = ({ id, streamOffset }: { id: string; streamOffset: number }) =>
  id.startsWith('libvirt') ? {} : { streamOffset };

const bounds = (sections: readonly Section[]) =>
  new Set(sections.flatMap((section) => (section.kind === 'command' ? [] : [section.boundedBy])));

describe.each(captures.filter(({ good }) => good).map(({ id }) => id))('%s', (id) => {
  it('is walked to its last byte without reading a page', async () => {
    const { source, info, snapshot } = await open(id);
    expect(snapshot).toMatchObject({ problems: [], ramLayout: 'mapped-ram', streamVersion: 3 });
    expect(snapshot.streamOffset).toBe(info.streamOffset);
    expect(snapshot.endOffset).toBe(info.sizeBytes);
    expect(snapshot.endMarkerOffset).toBeGreaterThan(0);
    for (const { pagesOffset, usedLength, ignored } of snapshot.ramBlocks) {
      expect(ignored || !source.touched(pagesOffset, usedLength)).toBe(true);
    }
    expect(source.reads).toBeLessThan(12 + snapshot.ramBlocks.length);
  });

  it('has sections that follow one another, and device state that was checked', async () => {
    const { snapshot } = await open(id);
    for (const [index, section] of snapshot.sections.entries()) {
      const next = snapshot.sections[index + 1]?.byteOffset ?? snapshot.endMarkerOffset;
      expect(section.byteOffset + section.byteLength).toBe(next);
    }
    const described = snapshot.vmdescription?.json !== undefined;
    expect(bounds(snapshot.sections).has('footer-search')).toBe(!described);
  });

  it('decodes every device to its last byte', async () => {
    const { snapshot } = await open(id);
    if (snapshot.vmdescription?.json === undefined) return;
    for (const section of snapshot.sections) {
      if (section.kind !== 'full') continue;
      const node = await snapshot.decodeDeviceState(section);
      expect(node).toMatchObject({
        name: section.idstr,
        byteOffset: section.bodyOffset,
        lengthBytes: section.bodyLengthBytes,
      });
    }
  });
});

it.each(captures.filter(({ good }) => !good).map(({ id }) => id))(
  '%s, which is bad, is opened as far as it goes',
  async (id) => {
    const { snapshot } = await open(id, true);
    const isClassic = snapshot.ramLayout === 'classic';
    expect(snapshot.ramBlocks.length > 0).toBe(!isClassic);
    expect(snapshot.problems.some(({ error }) => error.code === 'not-mapped-ram')).toBe(isClassic);
    expect(snapshot.problems.filter(({ stopped }) => stopped).length).toBeLessThanOrEqual(1);
  },
);

describe('what captures are known to hold', () => {
  const known = new Set(listCaptures());
  const itWith = (id: string) => it.skipIf(!known.has(id));

  itWith('qemu-10.0/microvm')('microvm', async () => {
    const { snapshot } = await open('qemu-10.0/microvm');
    expect(snapshot.configuration?.capabilities?.map(({ value }) => value)).toEqual(['mapped-ram']);
    expect(snapshot.sections.slice(0, 4)).toMatchObject([
      { kind: 'start', idstr: 'ram', instanceId: 0, versionId: 4, boundedBy: 'grammar' },
      { kind: 'part', idstr: 'ram' },
      { kind: 'command', command: 11, dataLengthBytes: 0 },
      { kind: 'end', idstr: 'ram' },
    ]);
    const [start] = snapshot.sections;
    expect(start).toMatchObject({
      footer: { byteLength: 5 },
      ram: { ended: true, words: [{ flags: 4 }, { flags: 0x10 }] },
    });
    expect(snapshot.ramBlocks[0]).toMatchObject({
      idstr: 'microvm.ram',
      usedLength: 2 * 1024 * 1024,
      headerVersion: 1,
      pageSize: 4096,
      pageCount: 512,
      bitmapLengthBytes: 64,
      ignored: false,
    });
  });

  itWith('qemu-10.0/uuid')('a UUID', async () => {
    const { snapshot } = await open('qemu-10.0/uuid');
    expect(snapshot.configuration?.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  itWith('qemu-10.0/avr')('pages of 256 bytes', async () => {
    const { snapshot } = await open('qemu-10.0/avr');
    expect(snapshot.ramBlocks[0]?.pageSize).toBe(256);
  });

  itWith('qemu-10.0/aarch64-virt')('the page bits of Arm', async () => {
    const { snapshot } = await open('qemu-10.0/aarch64-virt');
    expect(2 ** (snapshot.configuration?.targetPageBits ?? 0)).toBe(snapshot.ramBlocks[0]?.pageSize);
  });

  itWith('qemu-11.1/ignore-shared')('ignored blocks', async () => {
    const { snapshot } = await open('qemu-11.1/ignore-shared');
    const ignored = snapshot.ramBlocks.filter((block) => block.ignored);
    expect(ignored.length).toBeGreaterThan(0);
    for (const block of ignored) {
      expect(block).toMatchObject({ bitmapOffset: 0, pagesOffset: 0 });
      expect(block.guestPhysicalAddress).toBeTypeOf('bigint');
      expect(await snapshot.countSetPages(block)).toBe(0);
    }
  });

  itWith('qemu-10.0/no-footers')('no footers', async () => {
    const { snapshot } = await open('qemu-10.0/no-footers');
    expect(snapshot.sections.every((section) => section.kind === 'command' || !section.footer)).toBe(true);
  });

  itWith('qemu-10.0/no-configuration')('no configuration section', async () => {
    const { snapshot } = await open('qemu-10.0/no-configuration');
    expect(snapshot.configuration).toBeUndefined();
    expect(snapshot.ramLayout).toBe('mapped-ram');
  });

  itWith('libvirt-11.3/save-sparse')('a libvirt header', async () => {
    const { snapshot, source } = await open('libvirt-11.3/save-sparse');
    expect(snapshot.libvirt).toMatchObject({
      byteLength: 92,
      magic: 'LibvirtQemudSave',
      byteOrder: 'le',
      version: 2,
      format: 6,
    });
    const { streamOffset } = snapshot;
    expect(streamOffset).toBe(92 + (snapshot.libvirt?.dataLengthBytes ?? 0));
    expect(await openSnapshot(source, { streamOffset })).toMatchObject({
      libvirt: snapshot.libvirt,
      streamOffset,
    });
  });

  itWith('qemu-10.0/background-snapshot')('no END and no bit', async () => {
    const { snapshot } = await open('qemu-10.0/background-snapshot');
    expect(snapshot.sections.some(({ kind }) => kind === 'end')).toBe(false);
    expect(await snapshot.countSetPages(snapshot.ramBlocks[0] as never)).toBe(0);
  });
});
