import { hasErrorCode, optional, type QmpClient, QmpError, shape, text } from '@mapped-ram/qmp';

/** How a restore ended. */
export type TriedRestore =
  | { readonly outcome: 'restores' }
  /** With QEMU's words. */
  | { readonly outcome: 'refused'; readonly says: string }
  /** QEMU ended over it. */
  | { readonly outcome: 'crashes' };

const migration = shape({ 'error-desc': optional(text) });

const FINAL: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/**
 * Has a QEMU that waits for a guest restore a file, once. The guest does not run, where QEMU was started with `-S`.
 *
 * @param capabilities beside `mapped-ram`, such as `x-ignore-shared`
 * @throws MappedRamError `qmp-timeout` where it neither ends nor fails within ten minutes
 */
export async function tryRestore(
  qmp: QmpClient,
  uri: string,
  capabilities: readonly string[] = [],
): Promise<TriedRestore> {
  const options = { timeoutMs: 600_000 };
  try {
    await qmp.execute('migrate-set-capabilities', {
      capabilities: ['events', 'mapped-ram', ...capabilities].map((capability) => ({
        capability,
        state: true,
      })),
    });
    const [event] = await Promise.all([
      qmp.waitForEvent<{ status: string }>('MIGRATION', ({ data }) => FINAL.has(data.status), options),
      qmp.execute('migrate-incoming', { uri, 'exit-on-error': false }, options),
    ]);
    if (event.data.status === 'completed') return { outcome: 'restores' };
    const info = await qmp.execute('query-migrate', {}, { result: migration });
    return { outcome: 'refused', says: info['error-desc'] ?? event.data.status };
  } catch (error) {
    if (error instanceof QmpError) return { outcome: 'refused', says: error.desc };
    if (hasErrorCode(error, 'qmp-closed')) return { outcome: 'crashes' };
    throw error;
  }
}
