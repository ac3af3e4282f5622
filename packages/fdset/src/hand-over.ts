import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { sendFileDescriptors } from '@mapped-ram/posix';
import { type QmpClient, type QmpMessageSender, QmpTimeoutError, type QmpWaitOptions } from '@mapped-ram/qmp';

/** As for every QMP command. */
const DEFAULT_TIMEOUT_MS = 30_000;
/** QEMU has no event for it. */
const POLL_MS = 10;

/** The one method of a QMP client that is used here. */
export type QmpExecutor = Pick<QmpClient, 'execute'>;

/** How to hand descriptors to a running QEMU. */
export interface AddFdsetOptions extends QmpWaitOptions {
  /** The set to add them to, which is made when it is not there; the lowest free number when not given. */
  readonly fdsetId?: number;
  /** A text that {@link queryFdsets} shows with each. */
  readonly opaque?: string;
}

/** A set as QEMU has it. */
export interface QemuFdset {
  readonly fdsetId: number;
  /** In the order in which they were added. None is left of a set that was removed while a migration uses it. */
  readonly descriptors: readonly {
    /** QEMU's own number, to be looked at as a descriptor of QEMU's process. */
    readonly fd: number;
    readonly opaque: string | undefined;
  }[];
}

interface AddFdResult {
  readonly 'fdset-id': number;
  readonly fd: number;
}

/**
 * Hands descriptors to a running QEMU (`add-fd`) over the unix socket of its QMP connection. QEMU gets duplicates; these stay
 * open here. When one fails, those that went before it are taken back.
 *
 * @param descriptors in the order in which they are to be added
 * @returns the number of the set, for {@link formatMigrationUri} and {@link removeFdset}
 * @throws RangeError for no descriptors; TypeError where the connection is not a unix socket; `QmpError`; `PosixError`;
 * `PosixUnavailableError`
 */
export async function addFdset(
  qmp: QmpExecutor,
  descriptors: readonly number[],
  { fdsetId: wantedId, opaque, ...wait }: AddFdsetOptions = {},
): Promise<number> {
  if (descriptors.length === 0) throw new RangeError('a set has at least one descriptor');
  const added: AddFdResult[] = [];
  try {
    for (const descriptor of descriptors) {
      const fdsetId = added[0]?.['fdset-id'] ?? wantedId;
      const args = {
        ...(fdsetId !== undefined && { 'fdset-id': fdsetId }),
        ...(opaque !== undefined && { opaque }),
      };
      added.push(
        await qmp.execute<AddFdResult>('add-fd', args, { ...wait, sendMessage: senderOf(descriptor) }),
      );
    }
  } catch (error) {
    // The first error is the one to tell; QEMU may be gone by now.
    for (const one of added) await qmp.execute('remove-fd', { ...one }, wait).catch(() => {});
    throw error;
  }
  return (added[0] as AddFdResult)['fdset-id'];
}

/**
 * Takes a set away (`remove-fd`) and waits until QEMU has closed its descriptors. It does so at once, or when the migration that uses
 * them has ended, which is a moment after its last event.
 *
 * @throws `QmpError` where there is no such set; `QmpTimeoutError` where it is still in use
 */
export async function removeFdset(
  qmp: QmpExecutor,
  fdsetId: number,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: QmpWaitOptions = {},
): Promise<void> {
  await qmp.execute('remove-fd', { 'fdset-id': fdsetId }, { timeoutMs });
  await waitForFdsetEnd(qmp, fdsetId, { timeoutMs });
}

/**
 * Waits until QEMU has closed the descriptors of a set that was removed while a migration used it.
 *
 * @throws `QmpTimeoutError` where it is still in use
 */
export async function waitForFdsetEnd(
  qmp: QmpExecutor,
  fdsetId: number,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: QmpWaitOptions = {},
): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  while ((await queryFdsets(qmp, { timeoutMs })).some((set) => set.fdsetId === fdsetId)) {
    if (performance.now() >= endsAt) throw new QmpTimeoutError(`end of the use of set ${fdsetId}`, timeoutMs);
    await setTimeout(POLL_MS);
  }
}

/** The sets that QEMU has. */
export async function queryFdsets(qmp: QmpExecutor, wait: QmpWaitOptions = {}): Promise<QemuFdset[]> {
  const sets = await qmp.execute<{ 'fdset-id': number; fds: { fd: number; opaque?: string }[] }[]>(
    'query-fdsets',
    {},
    wait,
  );
  return sets.map(({ 'fdset-id': fdsetId, fds }) => ({
    fdsetId,
    descriptors: fds.map(({ fd, opaque }) => ({ fd, opaque })),
  }));
}

/** QEMU takes one descriptor with each `add-fd`. */
function senderOf(descriptor: number): QmpMessageSender {
  return (stream, message) => sendFileDescriptors(socketDescriptor(stream), message, [descriptor]);
}

/** Node has no public name for the descriptor of a socket; this one has been there since its beginnings. */
function socketDescriptor(stream: Duplex): number {
  const fd = (stream as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0)
    throw new TypeError('descriptors can only be sent over a connected unix socket');
  return fd;
}
