import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrLast } from '@mapped-ram/fixtures';
import { directIoSupport } from '@mapped-ram/posix';
import { findQemu, launchQemu, QEMU_VERSIONS, saveMappedRam } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saveSnapshot } from '../save-snapshot.js';
import { checkAlignment } from './check-alignment.js';

const MEMORY_BYTES = 8 * 1024;
const PAGE = 256;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-alignment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('guests with pages of 4 KiB are not asked about', () => {
  expect(checkAlignment('/nonexistent', 'x86_64')).toEqual([]);
  expect(checkAlignment('/nonexistent', 'aarch64')).toEqual([]);
});

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s with pages of 256 bytes', (version) => {
  const program = findQemu(version, 'avr');
  const missing = program.kind === 'missing' ? `, missing tool: ${program.reason}` : '';

  test.skipIf(missing !== '')(`fails to save with direct I/O where the check says so${missing}`, async () => {
    const path = join(folder, 'vm.mr');
    writeFileSync(path, Buffer.alloc(4096, 1));
    const support = directIoSupport(path);
    const isTooCoarse = support.supported && support.offsetAlignmentBytes > PAGE;
    const memory = Buffer.alloc(MEMORY_BYTES);
    for (let page = 1; page < MEMORY_BYTES / PAGE; page += 3) memory.fill(1, page * PAGE, (page + 1) * PAGE);
    const vm = await launchQemu({
      version,
      target: 'avr',
      args: [
        ...['-machine', 'mega2560,memory-backend=ram', '-m', '8K', '-S', '-nodefaults'],
        ...['-object', `memory-backend-file,id=ram,size=${MEMORY_BYTES},mem-path=ram0,share=on`],
      ],
      prepare: (place) => writeFileSync(join(place, 'ram0'), memory),
    });
    try {
      const [finding] = checkAlignment(path, 'avr');
      expect(finding?.code).toBe(isTooCoarse ? 'direct-io-alignment' : undefined);
      const options = { directIo: true, overwrite: true };
      if (finding?.severity === 'error')
        await expect(saveSnapshot(vm.qmp, path, options)).rejects.toMatchObject({ code: 'preflight' });
      const capabilities = ['multifd'];
      const settings = { uri: `file:${path}`, capabilities, parameters: { 'direct-io': true } };
      const asked = await saveMappedRam(vm, settings);
      if (finding?.severity !== 'error') expect(asked.kind).toBe('completed');
      // One time in three QEMU 10.0 dies of what it could not write, before it says what that was.
      else if (version === '10.0' && asked.kind === 'died') expect(asked.signal).toBe('SIGSEGV');
      else
        expect(asked).toMatchObject({
          kind: 'failed',
          text: expect.stringContaining(finding.qemuError ?? ''),
        });
    } finally {
      await vm.kill();
    }
  });
});
