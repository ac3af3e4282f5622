import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { RamFlag } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import type { OpeningSection, RamBlock, StreamModel } from '../model.js';
import { openSnapshot } from '../snapshot.js';
import { countingSource } from '../sources/counting-source.js';

const base = await loadCapture('qemu-10.0/microvm');
const good = await openSnapshot(base);
const start = good.sections[0] as OpeningSection;
const [firstBlock] = good.ramBlocks as [RamBlock];
const endWordOffset = (start.ram?.words.at(-1)?.byteOffset ?? 0) as number;
const fullSections = good.sections.filter((section) => section.kind === 'full') as OpeningSection[];
const endMarkerOffset = good.endMarkerOffset as number;

const be64 = (value: bigint) => new Uint8Array(new BigUint64Array([value]).buffer).reverse();
const be32 = (value: number) => be64(BigInt(value)).slice(4);
const text = (value: string) => new TextEncoder().encode(value);

/** Opens a copy of the base with some damage done to it. */
const open = (damage: (image: SparseImage) => unknown): Promise<StreamModel> => {
  const image = base.clone();
  damage(image);
  return openSnapshot(image, { tolerant: true });
};

const summary = ({ problems }: StreamModel) =>
  problems.map(({ error, stopped }) => [error.code, error.byteOffset, stopped]);

describe('the start of the stream', () => {
  it('is not one', async () => {
    expect(summary(await open((image) => image.patch(0, text('QEVN'))))).toEqual([
      ['not-a-migration-stream', 0, true],
    ]);
  });

  it.each([
    [2, 'obsolete-stream-version'],
    [4, 'unsupported-stream-version'],
  ])('has version %i', async (version, code) => {
    const model = await open((image) => image.patch(4, be32(version)));
    expect(model.streamVersion).toBe(version);
    expect(summary(model)).toEqual([[code, 4, false]]);
    expect(model.endOffset).toBe(base.sizeBytes);
  });

  it.each([0, 3, 7])('ends after %i bytes', async (sizeBytes) => {
    expect(summary(await open((image) => image.truncate(sizeBytes)))).toMatchObject([
      ['unexpected-end', expect.any(Number), true],
    ]);
  });

  it('is elsewhere', async () => {
    const model = await openSnapshot(base, { streamOffset: base.sizeBytes + 5, tolerant: true });
    expect(summary(model)).toEqual([['unexpected-end', base.sizeBytes + 5, true]]);
  });
});

describe('a libvirt header', () => {
  it('says that the stream starts behind the end of the file', async () => {
    const model = await open((image) => {
      image.insert(0, new Uint8Array(92));
      image.patch(0, text('LibvirtQemudPart')).patch(16, Uint8Array.of(2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff));
    });
    expect(summary(model)).toEqual([['bad-libvirt-header', 20, true]]);
    expect(model.libvirt).toMatchObject({ magic: 'LibvirtQemudPart', dataLengthBytes: 0xffffffff });
  });

  it('was written by a big-endian host', async () => {
    const model = await open((image) => {
      image.insert(0, new Uint8Array(92));
      image.patch(0, text('LibvirtQemudSave')).patch(16, Uint8Array.of(0, 0, 0, 2));
    });
    expect(model.libvirt).toMatchObject({ byteOrder: 'be', version: 2 });
    expect(model.streamOffset).toBe(92);
  });
});

describe('the configuration', () => {
  it('has a machine name longer than the file', async () => {
    expect(summary(await open((image) => image.patch(9, be32(0xffffffff))))).toEqual([
      ['limit-exceeded', 9, true],
    ]);
  });

  it('has a subsection that nobody knows', async () => {
    const subsection = good.configuration?.subsections[0]?.byteOffset as number;
    const model = await open((image) => image.patch(subsection + 2 + 'configuration/'.length, text('X')));
    expect(summary(model)).toEqual([['bad-configuration', subsection, true]]);
    expect(model.configuration?.machine).toBe(good.configuration?.machine);
    expect(model.configuration?.subsections).toMatchObject([{ name: 'configuration/Xapabilities' }]);
  });

  it('does not list mapped-ram', async () => {
    const name = good.configuration?.capabilities?.[0];
    const model = await open((image) => image.patch((name?.byteOffset as number) + 1, text('X')));
    expect(model.ramLayout).toBe('classic');
    expect(model.ramBlocks).toEqual([]);
    expect(summary(model)).toEqual([['not-mapped-ram', start.bodyOffset + 8, true]]);
    expect(model.sections).toMatchObject([{ kind: 'start', ram: { ended: false, words: [{ flags: 4 }] } }]);
  });
});

it('starts a section twice', async () => {
  const [first, second] = fullSections as [OpeningSection, OpeningSection];
  const model = await open((image) => image.patch(second.byteOffset + 1, be32(first.sectionId)));
  expect(summary(model)).toContainEqual(['duplicate-section-id', second.byteOffset, false]);
});

describe('a RAM word', () => {
  it.each([
    [0x18n, 'forbidden-ram-flag'],
    [0x210n, 'forbidden-ram-flag'],
    [0x410n, 'unknown-ram-flags'],
    [0x14n, 'unknown-ram-flags'],
    [0x0n, 'unknown-ram-flags'],
  ])('%s is kept, and ends the walk', async (word, code) => {
    const model = await open((image) => image.patch(endWordOffset, be64(word)));
    expect(summary(model)).toEqual([[code, endWordOffset, true]]);
    const [section] = model.sections as OpeningSection[];
    expect(section?.ram).toMatchObject({ ended: false, words: [{}, { word, flags: Number(word) }] });
    expect(model.ramBlocks).toHaveLength(5);
  });

  it('may carry an address and CONTINUE', async () => {
    const model = await open((image) => image.patch(endWordOffset, be64(0xffff_ffff_ffff_f030n)));
    expect(model.problems).toEqual([]);
    expect((model.sections[0] as OpeningSection).ram?.words.at(-1)).toMatchObject({
      word: 0xffff_ffff_ffff_f030n,
      flags: 0x30,
    });
  });

  it('is there twice', async () => {
    const model = await open((image) => image.insert(endWordOffset, be64(0x10n)));
    expect(summary(model)).toEqual([['missing-footer', endWordOffset + 8, true]]);
  });
});

describe('the block table', () => {
  it('has a total that is too large or too small', async () => {
    const total = good.ramBlocks.reduce((sum, { usedLength }) => sum + BigInt(usedLength), 0n);
    const larger = await open((image) => image.patch(start.bodyOffset, be64((total + 4096n) | 4n)));
    expect(summary(larger)).toEqual([['bad-block-table', endWordOffset, true]]);
    expect(larger.ramBlocks).toHaveLength(5);
    const less = BigInt(firstBlock.usedLength - 4096);
    const smaller = await open((image) => image.patch(start.bodyOffset, be64(less | 4n)));
    expect(summary(smaller)).toEqual([['bad-block-table', start.bodyOffset, true]]);
  });

  it('has a value that a number cannot hold', async () => {
    const model = await open((image) => image.patch(firstBlock.headerOffset + 20, be64(2n ** 63n)));
    expect(model.problems[0]?.error).toMatchObject({
      code: 'value-too-large',
      byteOffset: firstBlock.headerOffset + 20,
      actual: 2n ** 63n,
    });
    expect(model.ramBlocks).toEqual([]);
  });

  it('leads behind the end of the file', async () => {
    const model = await open((image) => image.patch(firstBlock.headerOffset + 20, be64(2n ** 40n)));
    expect(model.ramBlocks).toMatchObject([{ pagesOffset: 2 ** 40, usedLength: firstBlock.usedLength }]);
    expect(summary(model)).toEqual([['unexpected-end', 2 ** 40 + firstBlock.usedLength, true]]);
  });

  it('leads back to its own start, for ever', async () => {
    const model = await open((image) => {
      image.patch(firstBlock.headerOffset - 8, be64(0n));
      image.patch(firstBlock.headerOffset + 20, be64(BigInt(firstBlock.byteOffset)));
    });
    expect(summary(model)).toEqual([['limit-exceeded', firstBlock.byteOffset, true]]);
  });

  it('leads back to its own start until the total is reached, and the stream goes on there', async () => {
    const usedLength = 64n;
    const model = await open((image) => {
      image.patch(firstBlock.byteOffset - 8, be64(4096n | BigInt(RamFlag.memSize)));
      image.patch(firstBlock.headerOffset - 8, be64(usedLength));
      image.patch(firstBlock.headerOffset + 20, be64(BigInt(firstBlock.byteOffset) - usedLength));
    });
    const [problem] = model.problems;
    expect(problem?.error).toMatchObject({ byteOffset: firstBlock.byteOffset, path: 'ram' });
    expect(problem?.error.code).not.toBe('limit-exceeded');
    expect(model.ramBlocks).toHaveLength(1);
  });

  it('has page sizes of 0', async () => {
    const model = await open((image) => image.patch(firstBlock.headerOffset + 4, be64(0n)));
    expect(summary(model)).toEqual([['bad-page-size', firstBlock.headerOffset + 4, false]]);
    expect(model.ramBlocks[0]).toMatchObject({ pageSize: 0, pageCount: 0, bitmapLengthBytes: 0 });
  });

  it.each([1n, 3n, 128n, 3000n, 65_537n, 131_072n, 2n ** 40n])('has page sizes of %d', async (size) => {
    const model = await open((image) => image.patch(firstBlock.headerOffset + 4, be64(size)));
    expect(summary(model)).toEqual([['bad-page-size', firstBlock.headerOffset + 4, false]]);
  });

  it('has a version of its own, and is read', async () => {
    const model = await open((image) => image.patch(firstBlock.headerOffset, be32(2)));
    expect(model.problems).toEqual([]);
    expect(model.ramBlocks[0]?.headerVersion).toBe(2);
  });
});

describe('a section', () => {
  const second = good.sections[1] as OpeningSection;

  it('is of an unknown type', async () => {
    const model = await open((image) => image.patch(second.byteOffset, Uint8Array.of(0x33)));
    expect(summary(model)).toEqual([['unknown-section-type', second.byteOffset, true]]);
    expect(model.sections).toHaveLength(1);
  });

  it('continues one that was never started', async () => {
    const model = await open((image) => image.patch(second.byteOffset + 1, be32(77)));
    expect(summary(model)).toEqual([['unknown-section-id', second.byteOffset, true]]);
    expect(model.sections[1]).toMatchObject({ kind: 'part', sectionId: 77 });
  });

  it('has a footer with another id', async () => {
    const footer = start.footer?.byteOffset as number;
    const model = await open((image) => image.patch(footer + 1, be32(99)));
    expect(summary(model)).toEqual([['footer-mismatch', footer, false]]);
    expect(model.sections).toHaveLength(good.sections.length);
  });

  it('has a footer with another type byte', async () => {
    for (const { footer } of [start, fullSections[2] as OpeningSection]) {
      const byteOffset = footer?.byteOffset as number;
      const model = await open((image) => image.patch(byteOffset, Uint8Array.of(0x7f)));
      expect(summary(model)).toEqual([['missing-footer', byteOffset, false]]);
      expect(model.endOffset).toBe(base.sizeBytes);
    }
  });

  it('lacks its footer while others have one', async () => {
    for (const { footer } of [start, fullSections[2] as OpeningSection]) {
      const byteOffset = footer?.byteOffset as number;
      const model = await open((image) => image.remove(byteOffset, 5));
      expect(summary(model)).toEqual([['missing-footer', byteOffset, false]]);
    }
  });

  it('has another version of ram, and is read', async () => {
    const model = await open((image) => image.patch(start.bodyOffset - 4, be32(5)));
    expect(model.problems).toEqual([]);
    expect(model.sections[0]).toMatchObject({ versionId: 5 });
  });

  it('is an unknown command, and is read', async () => {
    const command = good.sections[2];
    const model = await open((image) => image.patch((command?.byteOffset ?? 0) + 1, Uint8Array.of(0, 0x63)));
    expect(model.problems).toEqual([]);
    expect(model.sections[2]).toMatchObject({ kind: 'command', command: 0x63, dataLengthBytes: 0 });
  });
});

describe('the vmdescription', () => {
  const vmdescription = { byteOffset: endMarkerOffset + 1 };
  const searched = (model: StreamModel) =>
    model.sections.filter((section) => section.kind === 'full' && section.boundedBy === 'footer-search');

  it.each([
    ['is cut', (image: SparseImage) => image.truncate(base.sizeBytes - 9), 'unexpected-end'],
    ['is cut in its length', (image: SparseImage) => image.truncate(endMarkerOffset + 4), 'unexpected-end'],
    [
      'is longer than it says',
      (image: SparseImage) => image.patch(vmdescription.byteOffset + 1, be32(100)),
      'bad-vmdescription',
    ],
    [
      'says it has 2^32 - 1 bytes',
      (image: SparseImage) => image.patch(vmdescription.byteOffset + 1, be32(0xffffffff)),
      'unexpected-end',
    ],
    [
      'is garbage',
      (image: SparseImage) => image.patch(vmdescription.byteOffset + 5, text('\u0001\u0002')),
      'bad-vmdescription',
    ],
  ])('%s: sections are found all the same, but not checked', async (_, damage, code) => {
    const model = await open(damage);
    expect(model.problems.map(({ error, stopped }) => [error.code, stopped])).toEqual([[code, false]]);
    expect(model.vmdescription).toMatchObject({ ...vmdescription, fault: { code } });
    expect(searched(model)).toHaveLength(fullSections.length);
    expect(model.endMarkerOffset).toBe(endMarkerOffset);
  });

  it('is not there', async () => {
    const model = await open((image) => image.truncate(endMarkerOffset + 1));
    expect(model.problems).toEqual([]);
    expect(searched(model)).toHaveLength(fullSections.length);
  });

  it('is not there, and a state holds what could be its footer and the end of the stream', async () => {
    const device = fullSections.find(({ bodyLengthBytes }) => bodyLengthBytes > 16) as OpeningSection;
    const model = await open((image) => {
      image.truncate(endMarkerOffset + 1 + 100);
      image.patch(endMarkerOffset + 1, new Uint8Array(100));
      image.patch(device.bodyOffset, Uint8Array.of(0x7e, ...be32(device.sectionId), 0, 0));
    });
    expect(model.problems).toEqual([]);
    expect(searched(model)).toHaveLength(fullSections.length);
    expect(model.endMarkerOffset).toBe(endMarkerOffset);
  });

  it.each([
    ['a few', 100],
    ['very many', 40 * 1024 * 1024],
  ])('has %s bytes behind it', async (_, lengthBytes) => {
    const model = await open((image) => image.truncate(base.sizeBytes + lengthBytes));
    expect(model.problems).toEqual([]);
    expect(model.endOffset).toBe(base.sizeBytes);
    expect(searched(model)).toEqual([]);
  });

  it('is somewhere else', async () => {
    const model = await open((image) => image.insert(vmdescription.byteOffset, Uint8Array.of(0, 0, 0)));
    expect(summary(model)).toEqual([['bad-vmdescription', vmdescription.byteOffset + 3, false]]);
    expect(searched(model)).toEqual([]);
    expect(model.endOffset).toBe(vmdescription.byteOffset);
  });

  it('does not fit a device', async () => {
    const [device] = fullSections as [OpeningSection];
    const model = await open((image) =>
      image.insert(device.bodyOffset + device.bodyLengthBytes, Uint8Array.of(1, 2, 3)),
    );
    expect(summary(model)).toEqual([
      ['device-state-mismatch', device.bodyOffset + device.bodyLengthBytes, false],
    ]);
    expect(searched(model)).toMatchObject([{ idstr: device.idstr }]);
    expect(model.endOffset).toBe(base.sizeBytes + 3);
  });
});

describe('the end', () => {
  it.each(good.sections.map(({ byteOffset }) => byteOffset))('is missing: cut at %i', async (byteOffset) => {
    const model = await open((image) => image.truncate(byteOffset));
    expect(model.problems.at(-1)).toMatchObject({ error: { code: 'unexpected-end' }, stopped: true });
    expect(model.endMarkerOffset).toBeUndefined();
    const whole = good.sections.filter((section) => section.byteOffset < byteOffset);
    expect(model.sections.map((section) => section.byteOffset)).toEqual(
      whole.map((section) => section.byteOffset),
    );
  });
});

it('reads no page however it looks for the vmdescription', async () => {
  const source = countingSource(base.clone().truncate(endMarkerOffset + 1));
  const { ramBlocks } = await openSnapshot(source);
  expect(ramBlocks.some(({ pagesOffset, usedLength }) => source.touched(pagesOffset, usedLength))).toBe(
    false,
  );
});

it('throws the first problem unless it shall be tolerant', async () => {
  await expect(openSnapshot(base.clone().truncate(5))).rejects.toMatchObject({ code: 'unexpected-end' });
});
