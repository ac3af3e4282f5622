import { describe, expect, it } from 'vitest';
import type { VmsdDevice, VmsdField } from '../model.js';
import { findDescriptionDoubt } from './one-character.js';
import { subsectionHeader } from './subsection-header.js';

const SUBSECTION = 'clock/tick';

/** A device of 128 + 4 + 3 * 8 bytes and a subsection of one byte. */
function device(changes: Partial<Record<'cmos' | 'index' | 'timers' | 'tick', object>> = {}): VmsdDevice {
  const field = (name: keyof typeof changes, members: Omit<VmsdField, 'name'>): VmsdField => ({
    name,
    ...members,
    ...changes[name],
  });
  return {
    ...{ name: 'clock', instance_id: 0, vmsd_name: 'clock', version: 1 },
    fields: [
      field('cmos', { type: 'buffer', size: 128 }),
      field('index', { type: 'uint32', size: 4 }),
      field('timers', { type: 'timer', size: 8, array_len: 3 }),
    ],
    subsections: [{ vmsd_name: SUBSECTION, version: 1, fields: [field('tick', { type: 'uint8', size: 1 })] }],
  };
}

const STATE_BYTES = 128 + 4 + 24;

/** The state of the undamaged description, with another subsection if one is given. */
function stateOf(header = subsectionHeader(SUBSECTION, 1), stateBytes = STATE_BYTES): Uint8Array {
  const state = new Uint8Array(stateBytes + header.length + 1);
  state.set(header, stateBytes);
  return state;
}

function doubtOf(damaged: VmsdDevice, state = stateOf()) {
  return findDescriptionDoubt(damaged, state.length, (offset, lengthBytes) =>
    Promise.resolve(state.subarray(offset, offset + lengthBytes)),
  );
}

describe('a description that one character keeps from fitting', () => {
  it.each([
    ['a size', device({ cmos: { size: 328 } }), 'clock.cmos.size', 128, 328],
    ['the width of a type', device({ index: { size: 6 } }), 'clock.index.size', 4, 6],
    ['a number of elements', device({ timers: { array_len: 7 } }), 'clock.timers.array_len', 3, 7],
    ['a size in a subsection', device({ tick: { size: 9 } }), `${SUBSECTION}.tick.size`, 1, 9],
  ])('%s', async (_, damaged, path, expected, actual) => {
    expect(await doubtOf(damaged)).toEqual({ path, expected, actual });
  });

  it('the name of a subsection', async () => {
    const state = stateOf(subsectionHeader('clock/tock', 1));
    const path = `${SUBSECTION}.vmsd_name`;
    expect(await doubtOf(device(), state)).toEqual({ path, expected: 'clock/tock', actual: SUBSECTION });
  });

  it('the version of a subsection', async () => {
    const path = `${SUBSECTION}.version`;
    const state = stateOf(subsectionHeader(SUBSECTION, 2));
    expect(await doubtOf(device(), state)).toEqual({ path, expected: 2, actual: 1 });
  });

  it('the name of a member', async () => {
    const damaged = device({ timers: { array_len: undefined, arrby_len: 3 } });
    expect(await doubtOf(damaged)).toEqual({ path: 'clock.timers', actual: 'arrby_len' });
  });
});

describe('a state that its description does not fit', () => {
  it.each([
    ['lost some bytes', stateOf(undefined, STATE_BYTES - 2)],
    ['has some more', stateOf(undefined, STATE_BYTES + 3)],
    ['has another subsection', stateOf(subsectionHeader('other/tick', 1))],
    ['has a damaged name in a subsection', stateOf(subsectionHeader('clock/t\u0001ck', 1))],
    ['has a version that no digit explains', stateOf(subsectionHeader(SUBSECTION, 200))],
  ])('%s', async (_, state) => {
    expect(await doubtOf(device(), state)).toBeUndefined();
  });

  it('has another length than the type of a value', async () => {
    expect(await doubtOf(device({ cmos: { type: 'uint64', size: 8 } }))).toBeUndefined();
  });

  it('is not looked at more than a few times', async () => {
    const fields = Array.from({ length: 1000 }, (_, index) => ({
      ...{ name: `f${index}`, type: 'buffer', size: 16 },
    }));
    let reads = 0;
    const many: VmsdDevice = { ...device(), fields };
    const doubt = await findDescriptionDoubt(many, 1000 * 16 + 4 + 17, () => {
      reads++;
      return Promise.resolve(new Uint8Array(0));
    });
    expect(doubt).toBeUndefined();
    expect(reads).toBeLessThan(100);
  });
});
