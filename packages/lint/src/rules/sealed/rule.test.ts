import { expect } from 'vitest';
import { ruleCases } from '../testing/rule-cases.js';
import { sealedRule } from './rule.js';

const digest = `sha256:${'5e'.repeat(32)}`;

ruleCases(sealedRule, {
  fires: [
    {
      name: 'a file with a seal, in a quick run',
      seal: async () => ({ state: 'unchecked', digest }),
      finds: [
        { severity: 'note', outcome: 'restores', message: expect.stringContaining('not held against') },
      ],
    },
    {
      name: 'a file that is as it was sealed',
      deep: true,
      seal: async () => ({ state: 'same', digest }),
      finds: [{ severity: 'note', outcome: 'restores', message: expect.stringContaining(digest) }],
    },
    {
      name: 'a seal that is damaged',
      seal: async () => ({ state: 'unusable', why: 'it ends too early' }),
      finds: [{ severity: 'warning', outcome: 'restores', message: expect.stringContaining('too early') }],
    },
  ],
  silent: [
    { name: 'a file without one', seal: async () => undefined },
    {
      name: 'a file that changed: another rule tells',
      seal: async () => ({
        ...{ state: 'changed', digest, sealedSizeBytes: 1, changedBlocks: 0, changes: [] },
      }),
    },
  ],
});
