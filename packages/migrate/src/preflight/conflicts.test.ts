import { existsSync } from 'node:fs';
import { QmpError } from '@mapped-ram/qmp';
import { type QemuVersion, saveMappedRam } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeSettings } from '../migration-settings.js';
import { saveSnapshot } from '../save-snapshot.js';
import {
  type Bench,
  describeEachQemu,
  expectAsBefore,
  isRunning,
  makeBench,
  settingsOf,
} from '../testing/real-qemu.js';
import type { PreflightOutcome } from './finding.js';

interface Case {
  readonly title: string;
  readonly capabilities?: readonly string[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly outcome: PreflightOutcome;
  readonly message: string;
  /** Where other versions do it well. */
  readonly only?: QemuVersion;
}

const capability = (name: string, outcome: PreflightOutcome, ...others: string[]): Case => ({
  title: name,
  capabilities: [...others, name],
  outcome,
  message: `the capability ${name} is on`,
});

const parameter = (name: string, value: string): Case => ({
  title: name,
  parameters: { [name]: value },
  outcome: 'refused',
  message: `the parameter ${name} is "${value}"`,
});

const CASES: readonly Case[] = [
  capability('background-snapshot', 'crashes'),
  capability('pause-before-switchover', 'hangs'),
  capability('return-path', 'refused'),
  capability('xbzrle', 'refused'),
  capability('postcopy-ram', 'refused'),
  parameter('multifd-compression', 'zlib'),
  parameter('tls-creds', 'tls0'),
  parameter('mode', 'cpr-transfer'),
  { ...capability('x-colo', 'hangs'), only: '10.0' },
];

/** By which of its ways of ending a save of ours ends, when it is begun all the same. */
const KINDS: Partial<Record<PreflightOutcome, string>> = {
  crashes: 'died',
  hangs: 'hung',
  refused: 'failed',
};

/** Only root may have the kernel watch writes, on some machines. */
const HOST_CANNOT = /not supported by host kernel/;

function unlessHost(error: unknown): undefined {
  if (!(error instanceof QmpError && HOST_CANNOT.test(error.desc))) throw error;
}

describeEachQemu('settings that do not go with mapped-ram', (version) => {
  let bench: Bench;
  beforeEach(() => {
    bench = makeBench(version);
  });
  afterEach(() => bench.clear());

  const cases = CASES.filter(({ only = version }) => only === version);

  test('are refused, and the guest runs on', async () => {
    const vm = await bench.startGuest();
    for (const { capabilities = [], parameters = {}, outcome, message } of cases) {
      const on = Object.fromEntries(capabilities.map((name) => [name, true]));
      const undo = await changeSettings(vm.qmp, { capabilities: on, parameters }).catch(unlessHost);
      if (undo === undefined) continue;
      const settings = await settingsOf(vm);
      const saving = saveSnapshot(vm.qmp, bench.at('vm.mr'));
      await expect(saving).rejects.toMatchObject({
        code: 'preflight',
        message: expect.stringContaining(message),
        findings: expect.arrayContaining([expect.objectContaining({ outcome, severity: 'error' })]),
      });
      await expectAsBefore(vm, settings);
      await undo();
    }
    expect(await isRunning(vm)).toBe(true);
    expect(existsSync(bench.at('vm.mr'))).toBe(false);
  });

  test.for(cases)('$title: QEMU does what is said', async (one, { skip }) => {
    const { capabilities = [], parameters = {}, outcome } = one;
    const vm = await bench.startGuest('-S');
    const uri = `file:${bench.at('vm.mr')}`;
    const asked = await saveMappedRam(vm, { uri, capabilities, parameters, quietMs: 500 });
    if (asked.kind === 'failed' && HOST_CANNOT.test(asked.text)) skip(`this kernel: ${asked.text}`);
    expect(asked.kind).toBe(KINDS[outcome]);
  });
});
