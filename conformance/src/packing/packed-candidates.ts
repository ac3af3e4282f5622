import type { Candidate } from '../run/candidates.js';
import { destinationOf } from '../run/vector-case.js';
import { writeImage } from '../vector/vector-file.js';
import { PACKED_CAPTURE } from './generate-packed.js';
import { buildPackedImage, readPackedVectors } from './packed-store.js';
import type { PackedVector } from './packed-vector.js';

/** Every packed file on disk. A testee that unpacks none is not asked. */
export function packedCandidates(): Candidate[] {
  return readPackedVectors().map(candidateOf);
}

function candidateOf(vector: PackedVector): Candidate {
  const { id, expected } = vector;
  const { outcome, unpacked, blocks, verdict, rules } = expected;
  const isAccepted = outcome === 'accepted';
  return {
    id,
    testCase: {
      id,
      saved: PACKED_CAPTURE,
      findsStream: true,
      destination: destinationOf(PACKED_CAPTURE),
      operations: isAccepted ? ['unpack', 'read', 'judge'] : ['unpack', 'read'],
      write: (path) => writeImage(buildPackedImage(vector), path),
    },
    expectation: {
      verdict: () => verdict,
      unpacked: unpacked ?? 'rejected',
      ...(blocks !== undefined && { blocks }),
      ...(rules !== undefined && { rules }),
    },
  };
}
