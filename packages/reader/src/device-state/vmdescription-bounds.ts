import { findJsonExcess, type JsonBounds, MappedRamError } from '@mapped-ram/format';

/** What no real description comes near. */
const BOUNDS: Required<JsonBounds> = {
  /** Each struct is at most three brackets, and there are 64 within each other. */
  depth: 256,
  /** Each has some 50 bytes in real ones. */
  containers: 2 ** 19,
  values: 2 ** 21,
};

const FAULTS: Readonly<Record<keyof JsonBounds, string>> = {
  depth: 'is nested too deeply',
  containers: 'holds too much',
  values: 'holds too much',
};

/**
 * Makes sure that parsing a vmdescription takes no more memory than real ones do.
 *
 * @param byteOffset Where the JSON starts in the file, for errors.
 * @throws MappedRamError `limit-exceeded`.
 */
export function checkVmdescriptionBounds(json: Uint8Array, byteOffset: number): void {
  const excess = findJsonExcess(json, BOUNDS);
  if (excess === undefined) return;
  throw new MappedRamError('limit-exceeded', {
    what: `the vmdescription ${FAULTS[excess.bound]}`,
    byteOffset: byteOffset + excess.at,
    path: 'vmdescription',
    expected: `at most ${excess.most}`,
    actual: excess.most + 1,
  });
}
