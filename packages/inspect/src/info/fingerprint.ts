import type { StreamModel } from '@mapped-ram/reader';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { deviceSections } from '../devices/device-sections.js';

/**
 * What of a snapshot has to fit the machine that it is restored into. Two snapshots with the same fingerprint can be
 * restored into the same machine. One that differs may still: QEMU takes older versions of a device's state, and a ROM
 * block may have another length.
 */
export interface Fingerprint {
  /** SHA-256 of all the rest, in hexadecimal. It does not change with this library's version. */
  readonly hash: string;
  readonly machine: string | null;
  readonly targetPageBits: number | null;
  /** Every RAM block, sorted by name. */
  readonly blocks: readonly FingerprintBlock[];
  /** Every device with state in the stream, sorted by name and instance. */
  readonly devices: readonly FingerprintDevice[];
}

export interface FingerprintBlock {
  readonly id: string;
  readonly usedLength: number;
  readonly pageSize: number;
}

export interface FingerprintDevice {
  readonly name: string;
  readonly instanceId: number;
  readonly versionId: number;
}

/** Takes a snapshot's fingerprint. Only what is in the headers counts, so no page is read. */
export function fingerprintOf(
  model: Pick<StreamModel, 'configuration' | 'ramBlocks' | 'sections'>,
): Fingerprint {
  const { machine = null, targetPageBits = null } = model.configuration ?? {};
  const blocks = model.ramBlocks
    .map(({ idstr, usedLength, pageSize }) => ({ id: idstr, usedLength, pageSize }))
    .sort((a, b) => compareText(a.id, b.id));
  const devices = deviceSections(model)
    .map(({ idstr, instanceId, versionId }) => ({ name: idstr, instanceId, versionId }))
    .sort((a, b) => compareText(a.name, b.name) || a.instanceId - b.instanceId);
  const facts = { machine, targetPageBits, blocks, devices };
  return { hash: bytesToHex(sha256(utf8ToBytes(JSON.stringify(facts)))), ...facts };
}

/** By code units, so that no locale has a say in the hash. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A way in which two fingerprints differ. A side is null where it has nothing there. */
export interface FingerprintDifference {
  readonly kind: 'machine' | 'target-page-bits' | 'block' | 'device';
  /** The block's name, or the device's name and instance; empty for what a machine has once. */
  readonly what: string;
  readonly a: string | null;
  readonly b: string | null;
}

/** Lists in what two fingerprints differ; nothing where their hashes are the same. */
export function compareFingerprints(a: Fingerprint, b: Fingerprint): FingerprintDifference[] {
  const blocks = ({ blocks }: Fingerprint) =>
    blocks.map(({ id, usedLength, pageSize }) => [id, `${usedLength} bytes, pages of ${pageSize}`] as const);
  const devices = ({ devices }: Fingerprint) =>
    devices.map(
      ({ name, instanceId, versionId }) => [`${name} ${instanceId}`, `version ${versionId}`] as const,
    );
  const bits = ({ targetPageBits }: Fingerprint) =>
    [['', targetPageBits === null ? null : String(targetPageBits)]] as const;
  return [
    ...differences('machine', [['', a.machine]], [['', b.machine]]),
    ...differences('target-page-bits', bits(a), bits(b)),
    ...differences('block', blocks(a), blocks(b)),
    ...differences('device', devices(a), devices(b)),
  ];
}

function differences(
  kind: FingerprintDifference['kind'],
  a: readonly (readonly [string, string | null])[],
  b: readonly (readonly [string, string | null])[],
): FingerprintDifference[] {
  const left = new Map(a);
  const right = new Map(b);
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((what) => ({ kind, what, a: left.get(what) ?? null, b: right.get(what) ?? null }))
    .filter((difference) => difference.a !== difference.b);
}
