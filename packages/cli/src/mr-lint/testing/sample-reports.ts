import type { FileReport, Finding } from '@mapped-ram/lint';
import type { UnusableFile } from '../file-result.js';
import type { OutputContext } from '../output/output.js';

/** A run with the defaults, for tests of outputs. */
export const sampleContext: OutputContext = { qemu: '11.1', multifd: false, deep: false, quiet: false };

/** A finding with every member; the rule is none of the registry's. */
export const sampleError: Finding = {
  rule: 'sample-fault',
  severity: 'error',
  message: 'The pages of block "pc.ram" begin at 0x100200, which is not a multiple of the page size.',
  byteOffset: 0x8a,
  byteLength: 8,
  where: 'ram.blocks[0].pagesOffset',
  expected: 'a multiple of 0x1000',
  actual: '0x100200',
  qemu: 'It says "Error reading ramblock pc.ram pages, region has bad alignment".',
  outcome: 'refused',
  metAt: 0x1000,
  reached: true,
  remedy: 'Copy the file again from where it was saved.',
};

/** A finding with nothing wanted and nothing got, behind the end of the restore. */
export const sampleNote: Finding = {
  rule: 'sample-remark',
  severity: 'note',
  message: '23 bytes follow the end of the stream.',
  byteOffset: 0x4000,
  byteLength: 23,
  where: 'stream.end',
  qemu: 'It never reads them.',
  outcome: 'restores',
  metAt: 0x2000,
  reached: false,
  remedy: 'None is needed.',
};

/** A file that restores, without findings. */
export const goodReport: FileReport = {
  path: 'good.mr',
  verdict: 'restores',
  devicesChecked: true,
  findings: [],
  snapshot: {
    streamOffset: 0,
    machine: 'pc-q35-10.0',
    capabilities: ['mapped-ram'],
    pageSize: 4096,
    blocks: [
      {
        id: 'pc.ram',
        usedLength: 128 * 1024 * 1024,
        bitmapOffset: 0xa6,
        pagesOffset: 0x100000,
        pages: 32768,
        setPages: 4321,
      },
    ],
    sections: [{ kind: 'start', id: 2, name: 'ram', byteOffset: 0x3c }],
  },
};

/** A file with an error and a note behind it. */
export const badReport: FileReport = {
  ...goodReport,
  path: 'bad.mr',
  verdict: 'refused',
  devicesChecked: true,
  findings: [sampleError, sampleNote],
};

/** A file in which no stream was found, and whose name and contents carry what a terminal would act on. */
export const hostileReport: FileReport = {
  path: 'a\u001b[2J\r\n::stop-commands::x,y:%.mr',
  verdict: 'refused',
  devicesChecked: true,
  findings: [
    { ...sampleError, message: 'Block "\u001b]0;x\u0007\u009b31m\u202e" has no name.\n::error::forged' },
  ],
  snapshot: null,
};

export const missingFile: UnusableFile = {
  path: 'missing.mr',
  error: { code: 'read-failed', errno: 'ENOENT', message: 'no such file or directory' },
};
