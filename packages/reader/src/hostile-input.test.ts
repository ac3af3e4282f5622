import { allOrFew, loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { expect, it } from 'vitest';
import { openSnapshot } from './snapshot.js';

const CASES_EACH = 300;

/** The same numbers in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it.each(
  allOrFew(
    [
      'qemu-10.0/microvm',
      'qemu-10.0/bare',
      'qemu-10.0/ignore-shared',
      'qemu-10.0/s390x',
      'qemu-11.1/ignore-shared',
      'qemu-11.1/virtio-mem',
      'libvirt-11.3/save-sparse',
    ],
    ['qemu-10.0/s390x', 'qemu-11.1/ignore-shared'],
  ),
)('%s with bytes changed is opened or refused, never worse', async (id) => {
  const base = await loadCapture(id);
  const { ramBlocks, endOffset } = await openSnapshot(base, { tolerant: true });
  const places = [
    { byteOffset: 0, byteLength: (ramBlocks[0]?.byteOffset ?? 0) + 300 },
    ...ramBlocks.map(({ byteOffset, byteLength }) => ({ byteOffset, byteLength: byteLength + 8 })),
  ];
  const behindPages = Math.max(...ramBlocks.map(({ pagesOffset, usedLength }) => pagesOffset + usedLength));
  places.push({ byteOffset: behindPages, byteLength: Math.max(1, endOffset - behindPages) });
  const random = randomNumbers(7);

  for (let round = 0; round < CASES_EACH; round++) {
    const image = base.clone();
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const { byteOffset, byteLength } = places[random(places.length)] as (typeof places)[number];
      const value = [0, 0xff, 0x80, 0x7e, 1 << random(8), random(256)][random(6)] as number;
      image.patch(byteOffset + random(byteLength), Uint8Array.of(value));
    }
    if (random(8) === 0) image.truncate(random(base.sizeBytes));
    const { problems, sections } = await openSnapshot(image, { tolerant: true });
    expect(problems.every(({ error }) => error instanceof MappedRamError)).toBe(true);
    expect(problems.filter(({ stopped }) => stopped).length).toBeLessThanOrEqual(1);
    expect(sections.every(({ byteLength, bodyLengthBytes }) => byteLength > 0 && bodyLengthBytes >= 0)).toBe(
      true,
    );
  }
});
