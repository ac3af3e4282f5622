import { isSame, type Pair, type SnapshotDifference, scalarToJson } from '@mapped-ram/inspect';

/** What `--format json` prints. A side of a field that is not there has no member. */
export function diffJson([a, b]: Pair<string>, difference: SnapshotDifference): unknown {
  return {
    version: 1,
    a,
    b,
    same: isSame(difference),
    headers: difference.headers,
    blocks: difference.blocks,
    devices: difference.devices.map((device) => ({
      ...device,
      fields: device.fields.map(({ path, type, ...sides }) => ({
        path,
        type,
        ...(sides.a !== undefined && { a: scalarToJson(sides.a, type) }),
        ...(sides.b !== undefined && { b: scalarToJson(sides.b, type) }),
      })),
    })),
  };
}
