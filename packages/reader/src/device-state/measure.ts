import type { VmsdStruct } from '../model.js';
import { walkState } from './state-walk.js';

/** The header of a subsection, which must be at a place if the description fits the stream. */
export interface Landmark {
  /** From the start of the state. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How long a device's state is by its description, and by what to know that the description fits it. */
export interface StateMeasure {
  readonly lengthBytes: number;
  /** The headers of all subsections, in their order. */
  readonly landmarks: readonly Landmark[];
}

/**
 * Measures a device's state by its description alone.
 *
 * @throws MappedRamError as `walkState` does.
 */
export function measureState(device: VmsdStruct): StateMeasure {
  const landmarks: Landmark[] = [];
  const lengthBytes = walkState(device, 0, {
    values() {},
    beginStruct() {},
    endStruct() {},
    subsectionHeader: (bytes, offset) => landmarks.push({ offset, bytes }),
  });
  return { lengthBytes, landmarks };
}
