import type { VirtioDeviceQueues } from '@mapped-ram/reader';
import { defaultQueueSize } from '@mapped-ram/releases';

/** A virtio device, with its queues as they were saved. */
export interface VirtioDevice extends VirtioDeviceQueues {
  /** The name of its state: `virtio-net`. */
  readonly state: string;
}

/** The release whose queues are held against the rings: the first that compares them. */
const MEASURED = '11.1';

/** Devices whose queues the user can make longer, and where their configuration tells by how much. */
const SEG_MAX_OFFSET: Readonly<Record<string, number>> = { 'virtio-blk': 12, 'virtio-scsi': 4 };

/** A request takes two entries beside its segments (QEMU 10.0 to 11.1, hw/block/virtio-blk.c, `virtio_blk_update_config`). */
const ENTRIES_BESIDE_SEGMENTS = 2;

/** What older machine types say whatever the queue's length (`seg-max-adjust=off`). */
const FIXED_SEG_MAX = 126;

/**
 * The most entries that the destination's queue can have, started with the options that the file was saved with.
 *
 * @returns undefined where the file does not tell: the queue's length is an option of the device
 */
function ringLimit({ state, config, queues }: VirtioDevice, index: number): number | undefined {
  const count = queues.length;
  const segMaxOffset = SEG_MAX_OFFSET[state];
  if (segMaxOffset !== undefined) return limitBySegMax(config, segMaxOffset);
  const isControl = state === 'virtio-net' && index === count - 1 && count % 2 === 1;
  if (state === 'virtio-net' && !isControl) return undefined;
  if (isOptionalOfBalloon(state, index)) return LONGEST_RING;
  return defaultQueueSize(state, { index, count }, MEASURED);
}

/** Which of its two further queues a balloon has is an option: for hints it is as long as any, for reports 32 entries. */
function isOptionalOfBalloon(state: string, index: number): boolean {
  return state === 'virtio-balloon' && index > 2;
}

/** `VIRTQUEUE_MAX_SIZE` */
const LONGEST_RING = 1024;

function limitBySegMax(config: Uint8Array, byteOffset: number): number | undefined {
  if (config.length < byteOffset + 4) return undefined;
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  // In the guest's byte order, which the file does not tell: of the two a plausible one.
  const segMax = Math.min(view.getUint32(byteOffset, true), view.getUint32(byteOffset));
  // Zero: no driver has looked at it, so it was not filled in.
  return segMax === 0 || segMax === FIXED_SEG_MAX ? undefined : segMax + ENTRIES_BESIDE_SEGMENTS;
}

/** The first queue of a device whose ring is longer than the destination's can be. */
export function firstOversizedRing(
  device: VirtioDevice,
): { readonly index: number; readonly limit: number } | undefined {
  for (const [index, { ringSize }] of device.queues.entries()) {
    const limit = ringLimit(device, index);
    if (limit !== undefined && ringSize > limit) return { index, limit };
  }
  return undefined;
}

/**
 * Whether a queue, as long as the user wants it, has a ring of a length that it has only where the user wants it: of 10.0 all
 * have, of 11.1 only those with that option.
 */
export function hasRingOfUnknownLimit(device: VirtioDevice): boolean {
  const { state, queues } = device;
  return queues.some(({ ringSize }, index) => {
    const usual = defaultQueueSize(state, { index, count: queues.length }, MEASURED);
    return ringLimit(device, index) === undefined && (usual === undefined || ringSize > usual);
  });
}

/**
 * The length of a queue's ring that fits the queue, where it is longer than a queue that was started without options: what a
 * destination has at least.
 *
 * @returns undefined where the ring is short enough, or the device is not known
 */
export function shorterRing(device: VirtioDevice, index: number): number | undefined {
  const { state, queues } = device;
  const usual = defaultQueueSize(state, { index, count: queues.length }, MEASURED);
  const limit = isOptionalOfBalloon(state, index) ? usual : (ringLimit(device, index) ?? usual);
  const size = queues[index]?.ringSize ?? 0;
  return limit !== undefined && size > limit ? limit : undefined;
}
