import { createHash } from 'node:crypto';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import {
  findQemu,
  launchQemu,
  QEMU_VERSIONS,
  type QemuProgram,
  type QemuVersion,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { expect } from 'vitest';

/** Runs the example with arguments, in a folder of its own. */
export type RunExample = (...args: string[]) => Promise<{ stdout: string; status: number }>;

/** One program of `examples/`, and what has to come of it. */
export interface ExampleTrial {
  readonly name: string;
  /** The QEMU that it needs. */
  readonly version?: QemuVersion;
  attempt(run: RunExample, folder: string): Promise<void>;
}

const MEMORY_BYTES = 64 * 1024;
/** A machine without devices, whose memory is a file. */
const MACHINE = captureInfo('qemu-10.0/none').machine.args;

/** Every program of `examples/`. */
export const EXAMPLE_TRIALS: readonly ExampleTrial[] = [
  {
    name: 'ci-gate',
    async attempt(run, folder) {
      await mkdir(join(folder, 'snapshots'));
      const good = await loadCapture('qemu-10.0/none');
      await good.writeTo(join(folder, 'snapshots/good.mr'));
      expect(await run('snapshots', 'good.sarif')).toEqual({ stdout: 'good.mr: restores\n', status: 0 });
      await good.clone().truncate(0x100000).writeTo(join(folder, 'snapshots/cut.mr'));
      expect(await run('snapshots', 'both.sarif')).toEqual({
        stdout: 'cut.mr: refused\ngood.mr: restores\n',
        status: 1,
      });
      const { runs } = JSON.parse(await readFile(join(folder, 'both.sarif'), 'utf8'));
      const uris = runs[0].results.map((result: SarifResult) =>
        result.locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
      );
      expect(new Set(uris.flat())).toEqual(new Set(['snapshots/cut.mr']));
    },
  },
  {
    name: 'read-from-server',
    async attempt(run) {
      const image = await loadCapture('qemu-10.0/none');
      const bytes = image.bytes(0, image.sizeBytes);
      await serving(bytes, async (url) => {
        const { stdout, status } = await run(url);
        const pages = createHash('sha256');
        for (let at = 0x100000; at < 0x110000; at += 4096) {
          const page = bytes.subarray(at, at + 4096);
          if (page.some((byte) => byte !== 0)) pages.update(page);
        }
        expect(status).toBe(0);
        expect(stdout).toContain('machine none\nram: 4 of 16 pages set\n');
        expect(stdout).toContain(`pages of ram: sha256 ${pages.digest('hex')}\n`);
      });
    },
  },
  {
    name: 'load-and-save',
    async attempt(run, folder) {
      await (await loadCapture('qemu-10.0/microvm')).writeTo(join(folder, 'guest.mr'));
      expect(await run('guest.mr', 'again.mr', '3', '2')).toEqual({
        stdout: 'again.mr: loaded with 3 channels, saved with 2\n',
        status: 0,
      });
      expect(await digest(join(folder, 'again.mr'))).toBe(await digest(join(folder, 'guest.mr')));
    },
  },
  ...QEMU_VERSIONS.flatMap(trialsWithQemu),
];

function trialsWithQemu(version: QemuVersion): ExampleTrial[] {
  return [
    {
      name: 'write-snapshot',
      version,
      async attempt(run, folder) {
        const memory = new Uint8Array(MEMORY_BYTES);
        for (const page of [1, 2, 9]) memory.fill(page, page * 4096, (page + 1) * 4096);
        await writeFile(join(folder, 'memory.raw'), memory);
        expect(await run('memory.raw', 'written.mr')).toMatchObject({ status: 0 });
        expect(await restored(version, join(folder, 'written.mr'))).toEqual(memory);
      },
    },
    {
      name: 'hand-descriptors-to-qemu',
      version,
      async attempt(run, folder) {
        const { file, args } = findQemu(version) as QemuProgram;
        const memory = new Uint8Array(MEMORY_BYTES).fill(7, 4096, 12_288);
        await writeFile(join(folder, 'ram0'), memory);
        const qemu = [file, ...args, ...MACHINE];
        expect(await run('save', 'vm.mr', ...qemu)).toMatchObject({ status: 0 });
        await truncate(join(folder, 'ram0'), 0);
        await truncate(join(folder, 'ram0'), MEMORY_BYTES);
        expect(await run('restore', 'vm.mr', ...qemu)).toMatchObject({ status: 0 });
        expect(new Uint8Array(await readFile(join(folder, 'ram0')))).toEqual(memory);
      },
    },
  ];
}

interface SarifResult {
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
}

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** The memory that real QEMU has after it restored the file. */
async function restored(version: QemuVersion, path: string): Promise<Uint8Array> {
  const vm = await launchQemu({ version, args: ['-S', '-incoming', 'defer', ...MACHINE] });
  try {
    expect(await restoreMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
    return new Uint8Array(await readFile(join(vm.folder, 'ram0')));
  } finally {
    await vm.kill();
  }
}

/** Serves the bytes by ranges while something is done. */
async function serving(bytes: Uint8Array, act: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(({ headers: { range = '' } }, response) => {
    const [, from = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = bytes.subarray(Number(from), Number(last) + 1);
    const end = Number(from) + part.length - 1;
    response.writeHead(206, { 'content-range': `bytes ${from}-${end}/${bytes.length}`, etag: '"1"' });
    response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/guest.mr`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
