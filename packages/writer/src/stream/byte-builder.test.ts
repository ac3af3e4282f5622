import { Limits } from '@mapped-ram/format';
import { expect, it } from 'vitest';
import { ByteBuilder } from './byte-builder.js';

it('takes names as long as their length byte can say, and no longer', () => {
  const name = 'n'.repeat(Limits.idstrLengthBytes);
  expect(new ByteBuilder().name(name).build()).toHaveLength(1 + 255);
  expect(() => new ByteBuilder().name(`${name}n`)).toThrow(RangeError);
});
