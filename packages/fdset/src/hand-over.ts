import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { checkOptions, durationOption, integerOption, nameOption, signalOption } from '@mapped-ram/format';
import { sendFileDescriptors } from '@mapped-ram/posix';
import {
  count,
  list,
  optional,
  type QmpClient,
  type QmpMessageSender,
  type QmpWaitOptions,
  qmpTimeout,
  shape,
  text,
} from '@mapped-ram/qmp';

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

const addedFd = shape({ 'fdset-id': count, fd: count });

type AddedFd = ReturnType<typeof addedFd>;

const fdsetList = list(shape({ 'fdset-id': count, fds: list(shape({ fd: count, opaque: optional(text) })) }));

/**
 * Hands descriptors to a running QEMU (`add-fd`) over the unix socket of its QMP connection. QEMU gets duplicates; these stay
 * open here. When one fails, those that went before it are taken back.
 *
 * @param descriptors in the order in which they are to be added
 * @returns the number of the set, for {@link formatMigrationUri} and {@link removeFdset}
 * @throws RangeError for no descriptors; TypeError where the connection is not a unix socket; as `execute` and `sendFileDescriptors`
 */
export async function addFdset(
  qmp: QmpExecutor,
  descriptors: readonly number[],
  options: AddFdsetOptions = {},
): Promise<number> {
  checkOptions<AddFdsetOptions>(options, {
    fdsetId: integerOption(),
    opaque: nameOption,
    timeoutMs: durationOption,
    signal: signalOption,
  });
  const { fdsetId: wantedId, opaque, ...wait } = options;
  if (descriptors.length === 0) throw new RangeError('a set has at least one descriptor');
  const added: AddedFd[] = [];
  try {
    for (const descriptor of descriptors) {
      const fdsetId = added[0]?.['fdset-id'] ?? wantedId;
      const args = {
        ...(fdsetId !== undefined && { 'fdset-id': fdsetId }),
        ...(opaque !== undefined && { opaque }),
      };
      const options = { ...wait, result: addedFd, sendMessage: senderOf(descriptor) };
      added.push(await qmp.execute('add-fd', args, options));
    }
  } catch (error) {
    // The first error is the one to tell; QEMU may be gone by now.
    for (const one of added) await qmp.execute('remove-fd', { ...one }, wait).catch(() => {});
    throw error;
  }
  return (added[0] as AddedFd)['fdset-id'];
}

/**
 * Takes a set away (`remove-fd`) and waits until QEMU has closed its descriptors. It does so at once, or when the migration that uses
 * them has ended, which is a moment after its last event.
 *
 * @throws QmpError where there is no such set; MappedRamError `qmp-timeout` where it is still in use
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
 * @throws MappedRamError `qmp-timeout` where it is still in use
 */
export async function waitForFdsetEnd(
  qmp: QmpExecutor,
  fdsetId: number,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: QmpWaitOptions = {},
): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  while ((await queryFdsets(qmp, { timeoutMs })).some((set) => set.fdsetId === fdsetId)) {
    if (performance.now() >= endsAt) throw qmpTimeout(`end of the use of set ${fdsetId}`, timeoutMs);
    await setTimeout(POLL_MS);
  }
}

/** The sets that QEMU has. @throws as `execute` */
export async function queryFdsets(qmp: QmpExecutor, wait: QmpWaitOptions = {}): Promise<QemuFdset[]> {
  const sets = await qmp.execute('query-fdsets', {}, { ...wait, result: fdsetList });
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
