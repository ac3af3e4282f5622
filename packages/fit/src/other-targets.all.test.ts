import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import {
  findQemu,
  launchDestination,
  QEMU_VERSIONS,
  type QemuTarget,
  type QemuVersion,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { expect, test } from 'vitest';
import { describeDestination } from './describe-destination.js';
import { fitSnapshot } from './fit-snapshot.js';

interface Case {
  readonly capture: string;
  readonly target: QemuTarget;
  readonly args: string;
  /** What QEMU says that it did, by release: with wrong memory it says completed. */
  readonly verdicts: Readonly<Record<QemuVersion, string>>;
}

const REFUSED = { '10.0': 'wrong-memory', '11.1': 'refused' } as const;
const MICROVM = '-M microvm -m 2M -nodefaults';
const UUID = '-uuid 6d617070-6564-4d72-8d61-6d2d7261d4';
const all = (verdict: string) => ({ '10.0': verdict, '11.1': verdict });

/** A machine type of that name that other emulators have as well, whose pages have another size; and another UUID. */
const CASES: readonly Case[] = [
  { capture: 'qemu-10.0/alpha-none', target: 'x86_64', args: '-M none -m 64K', verdicts: REFUSED },
  { capture: 'qemu-10.0/alpha-none', target: 'tricore', args: '-M none -m 64K', verdicts: REFUSED },
  { capture: 'qemu-10.0/none', target: 'alpha', args: '-M none -m 64K', verdicts: REFUSED },
  { capture: 'qemu-10.0/none', target: 'aarch64', args: '-M none -m 64K', verdicts: REFUSED },
  {
    ...{ capture: 'qemu-10.0/none', target: 's390x', args: '-M none -m 64K' },
    verdicts: { '10.0': 'restores', '11.1': 'restores' },
  },
  {
    ...{ capture: 'qemu-10.0/avr', target: 'avr', args: '-M mega2560' },
    verdicts: { '10.0': 'restores', '11.1': 'refused' },
  },
  { capture: 'qemu-10.0/uuid', target: 'x86_64', args: `${MICROVM} ${UUID}01`, verdicts: all('refused') },
  { capture: 'qemu-10.0/uuid', target: 'x86_64', args: `${MICROVM} ${UUID}00`, verdicts: all('restores') },
  { capture: 'qemu-10.0/uuid', target: 'x86_64', args: MICROVM, verdicts: all('restores') },
];

const runs = QEMU_VERSIONS.flatMap((version) => CASES.map((one) => ({ ...one, version })));

test.each(runs)('$capture in $version $target $args', async (one) => {
  const { capture, target, args, verdicts, version } = one;
  const program = findQemu(version, target);
  if (program.kind === 'missing') return console.warn(`skipped, missing tool: ${program.reason}`);
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-targets-'));
  const vm = await launchDestination({ target, args: args.split(' '), files: [] }, { version });
  try {
    const image = await loadCapture(capture);
    await image.writeTo(join(folder, 'file.mr'));
    const fit = await fitSnapshot(image, await describeDestination(vm.qmp));
    expect(fit.verdict).toBe(verdicts[version]);
    const seen = await restoreMappedRam(vm, { uri: `file:${join(folder, 'file.mr')}` });
    if (fit.verdict === 'restores') expect(seen.kind).toBe('completed');
    if (fit.verdict === 'refused') expect(seen.kind).toBe('failed');
  } finally {
    await vm.kill();
    await rm(folder, { recursive: true });
  }
});
