import { queueSizeTable } from './generated/queue-sizes.js';
import { lookUp } from './parse-table.js';
import { type MeasuredVersion, measuredVersions } from './release.js';

const sizesOf = lookUp(queueSizeTable, measuredVersions, ({ values }) => values);

/**
 * How long the queue of a virtio device is that was started without options, in entries.
 *
 * @param state the name of the device's state, such as `virtio-net`
 * @param queue its index among as many: the last of a network card is for control
 * @returns undefined for a device that was not measured
 */
export function defaultQueueSize(
  state: string,
  queue: { readonly index: number; readonly count: number },
  version: MeasuredVersion,
): number | undefined {
  const { index, count } = queue;
  const sizes = sizesOf(state)?.get(version)?.split(',').map(Number);
  if (sizes === undefined) return undefined;
  if (state === NETWORK) return index === count - 1 && count % 2 === 1 ? sizes.at(-1) : sizes[0];
  return sizes[Math.min(index, sizes.length - 1)];
}

/** Its queues come in pairs, as many as it has processors, and one for control. */
const NETWORK = 'virtio-net';
