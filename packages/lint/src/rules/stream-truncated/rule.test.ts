import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf, sectionOf } from '../testing/damage.js';
import { streamTruncatedRule } from './rule.js';

describe('stream-truncated', () => {
  it('reports an empty file', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image) => {
        image.truncate(0);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Not a migration stream') },
    ]);
  });

  it('reports a file that ends in the version', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image) => {
        image.truncate(6);
      }),
    ).toMatchObject([
      {
        outcome: 'refused',
        severity: 'error',
        qemu: expect.stringContaining('Unsupported migration stream version'),
      },
    ]);
  });

  it('reports a file that ends before the configuration', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image) => {
        image.truncate(8);
      }),
    ).toMatchObject([
      {
        outcome: 'refused',
        severity: 'error',
        qemu: expect.stringContaining('Configuration section missing'),
      },
    ]);
  });

  it('reports a file that ends in the machine type', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image) => {
        image.truncate(12);
      }),
    ).toMatchObject([
      {
        outcome: 'refused',
        severity: 'error',
        qemu: expect.stringContaining('cannot load the configuration'),
      },
    ]);
  });

  it('reports a file that ends in the capability list', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        const list = good.configuration?.subsections[0]?.byteOffset ?? 0;
        image.truncate(list + 8);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Capability mapped-ram') },
    ]);
  });

  it("reports a file that ends in a section's header", async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        image.truncate(sectionOf(good, 'start').byteOffset + 3);
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('ID string') }]);
  });

  it("reports a file that ends in a block's header", async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        image.truncate(blockOf(good).headerOffset + 10);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('mapped-ram migration header') },
    ]);
  });

  it('reports a file that ends behind the pages', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        const { pagesOffset, usedLength } = blockOf(good);
        image.truncate(pagesOffset + usedLength);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Getting RAM address failed') },
    ]);
  });

  it('reports a file that ends after an EOS word', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        const part = sectionOf(good, 'part');
        image.truncate(part.bodyOffset + part.bodyLengthBytes);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('section footer') },
    ]);
  });

  it('reports a file that ends between two sections', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        const part = sectionOf(good, 'part');
        image.truncate(part.byteOffset + part.byteLength);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Input/output error') },
    ]);
  });

  it("reports a file that ends in a device's state", async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        image.truncate(sectionOf(good, 'full').bodyOffset + 3);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('error while loading state') },
    ]);
  });

  it('reports a file without its end marker', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        image.truncate(good.endMarkerOffset ?? 0);
      }),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Input/output error') },
    ]);
  });

  it('reports nothing in a cancelled save, which has its own rule', async () => {
    expect(await findingsOf(streamTruncatedRule, undefined, { capture: 'qemu-10.0/cancelled' })).toEqual([]);
  });

  it('reports nothing in a file that ends in the vmdescription', async () => {
    expect(
      await findingsOf(streamTruncatedRule, (image, good) => {
        image.truncate((good.endMarkerOffset ?? 0) + 3);
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(streamTruncatedRule)).toEqual([]);
  });
});
