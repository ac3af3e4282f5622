export { type CpuRegisters, cpuRegisters, type Register } from './devices/cpu-registers.js';
export { type DeviceId, deviceSections, sectionsNamed } from './devices/device-sections.js';
export { type DeviceState, readDeviceState } from './devices/device-state.js';
export { findState, type StateField, stateFields } from './devices/state-fields.js';
export {
  type DeviceJson,
  deviceToJson,
  type JsonScalar,
  type StateJson,
  type StateJsonOptions,
  scalarToJson,
  toHex,
} from './devices/state-json.js';
export type { DeviceDifference, FieldDifference } from './diff/compare-devices.js';
export {
  type ComparePagesOptions,
  comparePages,
  type Pair,
  type SnapshotFile,
} from './diff/compare-pages.js';
export {
  type BlockDifference,
  type DiffOptions,
  diffSnapshots,
  type HeaderDifference,
  isSame,
  type SnapshotDifference,
} from './diff/diff-snapshots.js';
export { type DescribeOptions, describeDevice, describeSnapshot } from './info/describe-snapshot.js';
export {
  compareFingerprints,
  type Fingerprint,
  type FingerprintDifference,
  fingerprintOf,
} from './info/fingerprint.js';
export type { GuestClock } from './info/guest-clock.js';
export { notInTheFile, type SaveCircumstances } from './info/save-circumstances.js';
export type {
  BlockInfo,
  DeviceInfo,
  DomainInfo,
  PageCounts,
  SectionInfo,
  SnapshotInfo,
} from './info/snapshot-info.js';
export { type Density, measureDensity } from './map/density.js';
export { type BlockMap, type MapRow, type MapScale, mapBlock } from './map/map-rows.js';
export { drawMap, type Picture } from './map/picture.js';
export { toPng } from './map/png.js';
export { toSvg } from './map/svg.js';
