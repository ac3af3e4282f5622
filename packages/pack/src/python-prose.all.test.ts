import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCapture } from '@mapped-ram/fixtures';
import { packFile, sealFile } from '@mapped-ram/pack/file';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { expect, it } from 'vitest';
import { scratchFolder } from './testing/scratch.js';

const inScratch = scratchFolder();
const reader = fileURLToPath(new URL('../../../conformance/testees/python-prose/packed.py', import.meta.url));
const CAPTURES = ['qemu-10.0/q35', 'qemu-11.1/live', 'libvirt-11.3/save-sparse', 'qemu-10.0/cancelled'];
const missing = ['python3', 'zstd'].find((name) => !hasProgram(name, '--version'));

it.skipIf(missing !== undefined)(
  `a reader that knows the prose alone reads packed files${missing === undefined ? '' : ` (missing tool: ${missing})`}`,
  async () => {
    for (const id of CAPTURES) {
      const [input, output] = [inScratch('in'), inScratch('out.zst')];
      await (await loadCapture(id)).writeTo(input);
      await packFile({ input, output, overwrite: true });
      await sealFile(output);
      const said = execFileSync('python3', [reader, output], { encoding: 'utf8' }).trim();
      expect(said).toBe(createHash('sha256').update(readFileSync(input)).digest('hex'));
    }
  },
);
