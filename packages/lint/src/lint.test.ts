import { memorySource } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { lintSource } from './lint.js';

const riff = () => memorySource(new Uint8Array(4096).fill(0x52), 'sound.wav');

it.each(['off', 'note', 'warning', 'error'] as const)(
  'the verdict is the same with a rule at %s',
  async (level) => {
    const report = await lintSource(riff(), { rules: { 'not-a-migration-stream': level } });
    expect(report.verdict).toBe('refused');
    expect(report.findings.map(({ severity }) => severity)).toEqual(level === 'off' ? [] : [level]);
  },
);
