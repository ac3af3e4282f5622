import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { compareFingerprints, fingerprintOf } from './fingerprint.js';

async function fingerprint(id: string) {
  return fingerprintOf(await openSnapshot(await loadCapture(id), { tolerant: true }));
}

it('is the same for saves of one machine, however they were saved', async () => {
  const [one, two, eight] = await Promise.all(
    ['qemu-10.0/microvm', 'qemu-10.0/direct-io', 'qemu-10.0/return-path'].map(fingerprint),
  );
  expect(two).toEqual(one);
  expect(eight).toEqual(one);
});

it('stays what it is', async () => {
  // Users write it down; a change of it would have to be a decision.
  expect((await fingerprint('qemu-10.0/none')).hash).toBe(
    '6725997e0f6d836ed68217b125e0f6c12c387a0e916b1a680ec9680bd474114f',
  );
});

it('tells in what two machines differ', async () => {
  const [older, newer] = [await fingerprint('qemu-10.0/microvm'), await fingerprint('qemu-10.0/none')];
  expect(older.hash).not.toBe(newer.hash);
  const differences = compareFingerprints(older, newer);
  expect(differences).toContainEqual({ kind: 'machine', what: '', a: 'microvm', b: 'none' });
  expect(differences).toContainEqual(expect.objectContaining({ kind: 'block', what: 'ram', a: null }));
  expect(differences).toContainEqual({ kind: 'device', what: 'cpu 0', a: 'version 12', b: null });
  expect(compareFingerprints(older, older)).toEqual([]);
});
