import { expect } from 'vitest';
import { ruleCases } from '../testing/rule-cases.js';
import { changedSinceSealedRule } from './rule.js';

const digest = `sha256:${'5e'.repeat(32)}`;
const sealedSizeBytes = 1_115_378;

ruleCases(changedSinceSealedRule, {
  fires: [
    {
      name: 'pages, and bytes that are none',
      deep: true,
      seal: async () => ({
        ...{ state: 'changed', digest, sealedSizeBytes, changedBlocks: 5 },
        changes: [
          { byteOffset: 4096, lengthBytes: 4096 },
          { byteOffset: 0x100000, lengthBytes: 4096, block: 'ram', page: 0 },
          { byteOffset: 0x101000, lengthBytes: 4096, block: 'pc.ram', page: 1, address: 0x1000n },
        ],
      }),
      finds: [
        { byteOffset: 4096, message: expect.stringContaining('no page'), outcome: 'wrong-memory' },
        { byteOffset: 0x100000, message: expect.stringContaining('Page 0 of ram changed') },
        { message: expect.stringContaining('Page 1 of pc.ram, guest-physical 0x1000, changed') },
        { message: expect.stringContaining('2 more blocks') },
      ],
    },
    {
      name: 'another length',
      seal: async () => ({
        ...{ state: 'changed', digest, sealedSizeBytes: 7, changedBlocks: 0, changes: [] },
      }),
      finds: [{ severity: 'error', expected: '7', actual: '1115378', outcome: 'wrong-memory' }],
    },
  ],
  silent: [
    { name: 'a file without a seal' },
    { name: 'a file that is as it was sealed', seal: async () => ({ state: 'same', digest }) },
  ],
});
