import { MappedRamError } from '@mapped-ram/format/errors';
import { expect, it, vi } from 'vitest';
import { QmpError } from './qmp-error.js';

it('is known in another copy of the package, and nothing else is', async () => {
  vi.resetModules();
  const other = await import('./qmp-error.js');
  expect(other.QmpError).not.toBe(QmpError);
  const error = new other.QmpError('cont', 'GenericError', 'not now');
  expect(error).toBeInstanceOf(QmpError);
  expect(error).toBeInstanceOf(MappedRamError);
  expect(new MappedRamError('qmp-closed')).not.toBeInstanceOf(QmpError);
  expect(new Error('qmp-refused')).not.toBeInstanceOf(QmpError);
});
