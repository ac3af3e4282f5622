import type { VmsdStruct } from '../model.js';
import { walkState } from './state-walk.js';

/** Bytes that must stand at a place if the description fits the stream. */
export interface Landmark {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** How long a device's state is by its description, and by what to know that the description fits it. */
export interface StateMeasure {
  readonly endOffset: number;
  /** The headers of all subsections, in their order. */
  readonly landmarks: readonly Landmark[];
}

/**
 * Measures a device's state by its description alone.
 *
 * @param byteOffset Where the state starts in the file.
 * @throws MappedRamError as `walkState` does.
 */
export function measureState(device: VmsdStruct, byteOffset: number): StateMeasure {
  const landmarks: Landmark[] = [];
  const endOffset = walkState(device, byteOffset, {
    values() {},
    beginStruct() {},
    endStruct() {},
    subsectionHeader: (bytes, at) => landmarks.push({ byteOffset: at, bytes }),
  });
  return { endOffset, landmarks };
}
