import { type QemuVersion, versionInRange } from '../target.js';

/** Capabilities that every version with mapped-ram knows, in the order of QEMU's schema (qapi/migration.json). */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set([
  'xbzrle',
  'rdma-pin-all',
  'auto-converge',
  'events',
  'postcopy-ram',
  'x-colo',
  'release-ram',
  'return-path',
  'pause-before-switchover',
  'multifd',
  'dirty-bitmaps',
  'postcopy-blocktime',
  'late-block-activate',
  'x-ignore-shared',
  'validate-uuid',
  'background-snapshot',
  'zero-copy-send',
  'postcopy-preempt',
  'switchover-ack',
  'dirty-limit',
  'mapped-ram',
]);

/** Capabilities that were taken away, with the last version that is known to have them. */
const REMOVED: ReadonlyMap<string, QemuVersion> = new Map([
  ['compress', '9.0'],
  ['block', '9.0'],
  ['zero-blocks', '10.2'],
]);

/** Whether QEMU of this version has a capability with this name (migration/savevm.c, get_capability). */
export function isKnownCapability(name: string, version: QemuVersion): boolean {
  const last = REMOVED.get(name);
  return ALWAYS_KNOWN.has(name) || (last !== undefined && versionInRange(version, undefined, last));
}

/** The capabilities that QEMU lists in a stream because source and destination must agree on them. */
export const validatedCapabilities: ReadonlySet<string> = new Set(['mapped-ram', 'x-ignore-shared']);
