import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOrLast } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { createSnapshot, describeSnapshot } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';
import { describe, expect, it } from 'vitest';
import { missingQemu, restore } from './testing/restore.js';
import { useScratch } from './testing/scratch.js';

const PAGE = 4096;
const LENGTH_BYTES = 200 * PAGE;
const scratch = useScratch();

const MACHINE = {
  target: 'x86_64',
  args: [
    ...['-machine', 'none,memory-backend=ram', '-m', `${LENGTH_BYTES / 1024}K`],
    ...['-object', `memory-backend-file,id=ram,size=${LENGTH_BYTES},mem-path=ram0,share=on`],
  ],
  files: [],
  memory: [],
};

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const missing = missingQemu(version, MACHINE.target);

  it.skipIf(missing !== undefined).each([0, 1, 0x3000])(
    missing === undefined
      ? 'restores a snapshot that no QEMU saved, with its stream at %d'
      : `missing tool: ${missing}`,
    async (streamOffset) => {
      const path = scratch.path(`new-${version}-${streamOffset}`);
      const blocks = [{ idstr: 'ram', usedLength: LENGTH_BYTES, pageSize: PAGE }];
      const target = await createFileTarget(path);
      const writer = await createSnapshot(
        target,
        describeSnapshot({ machine: 'none', blocks, streamOffset }),
      );
      const memory = Buffer.alloc(LENGTH_BYTES);
      for (let page = 0; page < 200; page += 1 + (page % 5))
        memory.fill(page + 1, page * PAGE, (page + 1) * PAGE);
      await writer.writePages(0, 0, new Uint8Array(LENGTH_BYTES).fill(0xee));
      await writer.round();
      await writer.writePages(0, 0, memory);
      await writer.finish();

      const source = await openFileSource(path);
      const { findings, verdict } = await lintSource(source, { deep: true, streamOffset, qemu: version });
      await source.close();
      expect({ findings: findings.filter(({ severity }) => severity !== 'note'), verdict }).toEqual({
        findings: [],
        verdict: 'restores',
      });

      const vm = await restore(version, MACHINE, { path, streamOffset });
      try {
        expect(readFileSync(join(vm.folder, 'ram0')).equals(memory)).toBe(true);
        // Without a vmdescription, QEMU 10.0 would warn.
        expect(vm.stderr()).toBe('');
      } finally {
        await vm.kill();
      }
    },
  );
});
