import { MappedRamError, signalOption } from '@mapped-ram/format';
import type { ByteSource, Extent, ReadOptions } from '../byte-source.js';
import { racing } from './racing.js';

const guarded = new WeakSet<ByteSource>();

/**
 * A source that may be relied upon: every function of this project that takes a source works through one. It reads no more than
 * the size says, a read gives as many bytes as it says, stretches of data are in order, and a read ends with the signal,
 * whatever the source does.
 *
 * @throws TypeError where `source` is none: a path, a size that is no whole number, a method that is missing.
 */
export function guardSource(source: ByteSource, signal?: AbortSignal): ByteSource {
  if (signal !== undefined) signalOption(signal, 'signal');
  if (signal === undefined && guarded.has(source)) return source;
  checkSource(source);
  const { name, sizeBytes, allocatedBytes, preferredReadBytes, isVmState, dirtyBitmaps } = source;
  const guard: ByteSource = {
    name,
    sizeBytes,
    ...(allocatedBytes !== undefined && { allocatedBytes }),
    ...(preferredReadBytes !== undefined && { preferredReadBytes }),
    ...(isVmState !== undefined && { isVmState }),
    ...(dirtyBitmaps !== undefined && { dirtyBitmaps }),
    ...(source.dataExtents !== undefined && {
      dataExtents: (from: number, to: number) => orderedExtents(source, from, to),
    }),
    async read(target, byteOffset, options = {}) {
      checkPlace(target, byteOffset);
      const wantedBytes = Math.max(0, Math.min(target.length, sizeBytes - byteOffset));
      if (wantedBytes === 0) return 0;
      const signals = [signal, options.signal].filter((one) => one !== undefined);
      for (const one of signals) one.throwIfAborted();
      const passedOn: ReadOptions = {
        ...(signals[0] !== undefined && { signal: oneSignal(signals) }),
        ...(options.bulk === true && { bulk: true }),
      };
      const filled = await racing(
        source.read(target.subarray(0, wantedBytes), byteOffset, passedOn),
        passedOn.signal,
      );
      checkFilled(source, filled, wantedBytes, byteOffset);
      return filled;
    },
    close: () => source.close(),
  };
  guarded.add(guard);
  return guard;
}

function oneSignal(signals: readonly AbortSignal[]): AbortSignal {
  const [first, second] = signals;
  return first !== undefined && (second === undefined || first === second)
    ? first
    : AbortSignal.any([...signals]);
}

function checkSource(source: unknown): asserts source is ByteSource {
  if (typeof source !== 'object' || source === null) {
    const hint =
      typeof source === 'string' ? ': open a path with openFileSource of @mapped-ram/reader/file' : '';
    throw new TypeError(
      `expected a source, an object with name, sizeBytes, read and close, got ${typeof source}${hint}`,
    );
  }
  const { name, sizeBytes, allocatedBytes, preferredReadBytes, isVmState, dirtyBitmaps } = source as Record<
    string,
    unknown
  >;
  const { dataExtents, read, close } = source as Record<string, unknown>;
  const fault =
    (typeof name !== 'string' && 'name is no string') ||
    (!isCount(sizeBytes) && 'sizeBytes is no whole number of bytes') ||
    (typeof read !== 'function' && 'read is no function') ||
    (typeof close !== 'function' && 'close is no function') ||
    (allocatedBytes !== undefined &&
      !isCount(allocatedBytes) &&
      'allocatedBytes is no whole number of bytes') ||
    (preferredReadBytes !== undefined &&
      !isCount(preferredReadBytes) &&
      'preferredReadBytes is no whole number of bytes') ||
    (isVmState !== undefined && typeof isVmState !== 'boolean' && 'isVmState is neither true nor false') ||
    (dirtyBitmaps !== undefined && !isCount(dirtyBitmaps) && 'dirtyBitmaps is no whole number') ||
    (dataExtents !== undefined && typeof dataExtents !== 'function' && 'dataExtents is no function');
  if (fault !== false) throw new TypeError(`the source is none: ${fault}`);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkPlace(target: unknown, byteOffset: unknown): void {
  if (!(target instanceof Uint8Array)) throw new TypeError('read: the target is no Uint8Array');
  if (!isCount(byteOffset)) throw new RangeError(`read: ${String(byteOffset)} is not an offset`);
}

function checkFilled(source: ByteSource, filled: unknown, wantedBytes: number, byteOffset: number): void {
  if (!isCount(filled) || (filled as number) > wantedBytes) {
    throw new TypeError(
      `${source.name} is no good source: it says that it read ${String(filled)} bytes, and was asked for ${wantedBytes}`,
    );
  }
  if (filled === wantedBytes) return;
  throw new MappedRamError('short-read', {
    what: `${source.name} became shorter while it was read`,
    byteOffset: byteOffset + (filled as number),
    expected: wantedBytes,
    actual: filled as number,
  });
}

/** What the source says of its holes, as far as it can be true. */
function* orderedExtents(source: ByteSource, fromOffset: number, toOffset: number): Iterable<Extent> {
  let end = fromOffset;
  for (const { byteOffset, lengthBytes } of source.dataExtents?.(fromOffset, toOffset) ?? []) {
    const isOne = isCount(byteOffset) && Number.isSafeInteger(lengthBytes) && lengthBytes > 0;
    if (!isOne || byteOffset < end || byteOffset + lengthBytes > toOffset) {
      throw new TypeError(
        `${source.name} is no good source: it has data of ${String(lengthBytes)} bytes at ${String(byteOffset)}, between ${end} and ${toOffset}`,
      );
    }
    end = byteOffset + lengthBytes;
    yield { byteOffset, lengthBytes };
  }
}
