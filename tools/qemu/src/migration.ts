import { hasErrorCode, QmpError } from '@mapped-ram/qmp';
import type { QemuVm } from './launch-qemu.js';
import { untilStandstill } from './standstill.js';

/** How a save or a restore is to be done. */
export interface MigrationSettings {
  /** For example `file:snapshot.mr,offset=0x1000`; a relative path is in the VM's folder. */
  readonly uri: string;
  /** Capabilities to switch on beside `events` and `mapped-ram`. */
  readonly capabilities?: readonly string[];
  /** As `migrate-set-parameters` takes them, for example `{ 'multifd-channels': 2 }`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `mapped-ram` is on unless this is false. */
  readonly mappedRam?: boolean;
  /** For how long QEMU must have done nothing at all for a migration that is not over to count as hung; 2,000 when not given. */
  readonly quietMs?: number;
  /** How much processor time QEMU may use up for a migration that is not over before it counts as hung; any when not given. A guest must not run then. */
  readonly busyMs?: number;
}

/** How a save or a restore ended. `text` is what QEMU said, a line for each cause, for people. */
export type MigrationOutcome =
  | { readonly kind: 'completed' }
  /** QEMU refused, and said why; it may have ended with exit status 1 over it. */
  | { readonly kind: 'failed'; readonly text: string }
  /** QEMU was ended by a signal, or with a status other than 0 and 1. */
  | {
      readonly kind: 'died';
      readonly signal: NodeJS.Signals | null;
      readonly code: number | null;
      readonly text: string;
    }
  /** QEMU lives and does nothing, or goes round in circles, and the migration neither completed nor failed. */
  | { readonly kind: 'hung' };

const DEFAULT_QUIET_MS = 2_000;
/** Whether QEMU still answers is told by whether it does anything. */
const UNLIMITED = { timeoutMs: Number.POSITIVE_INFINITY };
const FINAL = ['completed', 'failed', 'cancelled'];

/** Saves the VM into a file. The VM may run or be stopped; afterwards it is stopped (postmigrate). */
export function saveMappedRam(vm: QemuVm, settings: MigrationSettings): Promise<MigrationOutcome> {
  return migrate(vm, settings, 'migrate', { uri: settings.uri });
}

/**
 * Restores a file into a VM that was started with `-incoming defer`. Start it with `-S` too, so that the guest does not change
 * the memory before it is looked at.
 */
export function restoreMappedRam(vm: QemuVm, settings: MigrationSettings): Promise<MigrationOutcome> {
  // Without this QEMU would end at an error, and the reason would only be on its standard error. It is there since 9.1.
  return migrate(vm, settings, 'migrate-incoming', { uri: settings.uri, 'exit-on-error': false });
}

/** Sets the capabilities and parameters of a coming migration. */
export async function configureMigration(vm: QemuVm, settings: MigrationSettings): Promise<void> {
  const names = [
    'events',
    ...(settings.mappedRam === false ? [] : ['mapped-ram']),
    ...(settings.capabilities ?? []),
  ];
  await vm.qmp.execute('migrate-set-capabilities', {
    capabilities: names.map((capability) => ({ capability, state: true })),
  });
  if (settings.parameters !== undefined) await vm.qmp.execute('migrate-set-parameters', settings.parameters);
}

function migrate(
  vm: QemuVm,
  settings: MigrationSettings,
  command: string,
  args: Record<string, unknown>,
): Promise<MigrationOutcome> {
  return untilOver(vm, settings, () => untilEnd(vm, settings, command, args));
}

/** Waits for what a QEMU was told to do, or until QEMU has ended or does nothing any more. */
export async function untilOver(
  vm: QemuVm,
  {
    quietMs = DEFAULT_QUIET_MS,
    busyMs = Number.POSITIVE_INFINITY,
  }: Pick<MigrationSettings, 'quietMs' | 'busyMs'>,
  work: () => Promise<MigrationOutcome>,
): Promise<MigrationOutcome> {
  const isOver = new AbortController();
  try {
    return await Promise.race([
      work().catch((error: unknown) => explain(vm, error)),
      untilHung(vm, quietMs, busyMs, isOver.signal),
    ]);
  } finally {
    isOver.abort();
  }
}

async function untilEnd(
  vm: QemuVm,
  settings: MigrationSettings,
  command: string,
  args: Record<string, unknown>,
): Promise<MigrationOutcome> {
  await configureMigration(vm, settings);
  const [event] = await Promise.all([
    vm.qmp.waitForEvent<{ status: string }>(
      'MIGRATION',
      ({ data }) => FINAL.includes(data.status),
      UNLIMITED,
    ),
    vm.qmp.execute(command, args, UNLIMITED),
  ]);
  // A QEMU that fell over just after the event does not answer this.
  const info = await vm.qmp.execute<{ 'error-desc'?: string }>('query-migrate', {}, UNLIMITED);
  if (event.data.status === 'completed') return { kind: 'completed' };
  return { kind: 'failed', text: describeFailure(vm, info['error-desc'] ?? event.data.status) };
}

/** Never comes to an end where the migration does. */
async function untilHung(
  vm: QemuVm,
  quietMs: number,
  busyMs: number,
  signal: AbortSignal,
): Promise<MigrationOutcome> {
  const isHung = await untilStandstill(vm.process.pid as number, quietMs, busyMs, signal);
  // One that has ended is told of by the connection.
  return isHung && vm.process.exitCode === null && vm.process.signalCode === null
    ? { kind: 'hung' }
    : new Promise(() => {});
}

async function explain(vm: QemuVm, error: unknown): Promise<MigrationOutcome> {
  if (error instanceof QmpError) return { kind: 'failed', text: describeFailure(vm, error.desc) };
  if (!hasErrorCode(error, 'qmp-closed')) throw error;
  const { code, signal } = await vm.exit;
  const text = describeFailure(vm, '');
  return code === 1 ? { kind: 'failed', text } : { kind: 'died', signal, code, text };
}

/** QEMU 10.0 puts the cause of a failure on its standard error alone, and 11.1 into the answer; so both count, a line each. */
export function describeFailure(vm: QemuVm, answer: string): string {
  const lines = vm.stderr().split('\n');
  const causes = lines.map((line) => line.replace(/^qemu-system-\w+: /, '').trim());
  const relevant = causes.filter((line) => !line.startsWith('warning: '));
  return [...new Set([...relevant, answer])].filter(Boolean).join('\n');
}
