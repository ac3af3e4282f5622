import { be } from '../builder/mutation.js';
import { type Field, listFields } from './fields.js';
import { bytesOf, type Intact, insert, type Mutator, patch, remove } from './mutator.js';
import { strangeNumber } from './numbers.js';
import type { Random } from './random.js';

const MAX_SHIFT_BYTES = 4;

/** Changes of fields: values, names, and bytes too many or too few in front of them. */
export const fieldMutators: readonly Mutator[] = [
  {
    name: 'number changed',
    weight: 40,
    plan(intact, random) {
      const field = pickField(intact, random, 'number');
      const was = BigInt(`0x${Buffer.from(bytesOfField(intact, field)).toString('hex')}`);
      return [patch(field.offset, be(field.lengthBytes, strangeNumber(random, was, field.lengthBytes)))];
    },
  },
  {
    name: 'number of another field',
    weight: 4,
    plan(intact, random) {
      const field = pickField(intact, random, 'number');
      const others = listFields(intact.places.model).filter(
        (other) => other.kind === 'number' && other.lengthBytes === field.lengthBytes,
      );
      return [patch(field.offset, bytesOfField(intact, random.pick(others)))];
    },
  },
  {
    name: 'character changed',
    weight: 2,
    plan(intact, random) {
      const field = pickField(intact, random, 'text');
      return [patch(field.offset + random.below(field.lengthBytes), random.bytes(1))];
    },
  },
  {
    name: 'bytes inserted',
    weight: 5,
    plan(intact, random) {
      const field = pickField(intact, random);
      const bytes = random.bytes(1 + random.below(MAX_SHIFT_BYTES));
      return [insert(field.offset + random.below(field.lengthBytes), bytes)];
    },
  },
  {
    name: 'bytes removed',
    weight: 5,
    plan(intact, random) {
      const field = pickField(intact, random);
      const length = 1 + random.below(Math.min(MAX_SHIFT_BYTES, field.lengthBytes));
      return [remove(field.offset, field.offset + length)];
    },
  },
];

/** Of each part of the stream as often as of the others, though the device states have most of the fields. */
function pickField({ places }: Intact, random: Random, kind?: Field['kind']): Field {
  const parts = new Map<string, Field[]>();
  for (const field of listFields(places.model)) {
    if (kind !== undefined && field.kind !== kind) continue;
    const part = field.name.replace(/\[.*|\..*/, '');
    parts.set(part, [...(parts.get(part) ?? []), field]);
  }
  return random.pick(random.pick([...parts.values()]));
}

function bytesOfField(intact: Intact, { offset, lengthBytes }: Field): Uint8Array {
  return bytesOf(intact, offset, offset + lengthBytes);
}
