/** A place of a device's configuration space that has to be the same, and what it tells. */
interface FixedBytes {
  readonly at: number;
  readonly lengthBytes: number;
  readonly what: string;
  readonly mask?: number;
}

/** A difference in bytes that no driver can change. */
export interface ConfigDifference {
  readonly at: number;
  readonly what: string;
  readonly saved: number;
  readonly own: number;
}

/** The state's version, a be32, before the configuration space (QEMU 9.0 to 11.1, hw/pci/pci.c, `vmstate_pci_device`). */
const STATE_VERSION = 2;
const CONFIG_OFFSET = 4;
const CONFIG_BYTES = 256;

const STATUS = 6;
const STATUS_CAPABILITIES = 0x10;
const CAPABILITIES_POINTER = 0x34;
const MAX_CAPABILITIES = 48;

/** Bytes of a capability that drivers cannot change, from its start, by its id. */
const CAPABILITY_BYTES: Readonly<
  Record<number, readonly (readonly [offset: number, lengthBytes: number])[]>
> = {
  1: [[2, 2]],
  9: [[2, 2]],
  // What it is, its link with the port's number, its slot.
  16: [
    [2, 2],
    [4, 4],
    [12, 4],
  ],
  17: [[4, 8]],
};
const EXPRESS = 16;
/** What a capability of Express has from its second version on: its slot, and more of what it can. */
const EXPRESS_2_BYTES: readonly (readonly [offset: number, lengthBytes: number])[] = [
  [20, 4],
  [36, 4],
];
const MSIX = 17;
const MSIX_TABLE_SIZE = 0x7ff;

const HEADER: readonly FixedBytes[] = [
  { at: 0, lengthBytes: 2, what: 'vendor' },
  { at: 2, lengthBytes: 2, what: 'device' },
  { at: STATUS, lengthBytes: 1, what: 'capabilities', mask: STATUS_CAPABILITIES },
  { at: 8, lengthBytes: 1, what: 'revision' },
  { at: 9, lengthBytes: 3, what: 'class' },
  { at: 14, lengthBytes: 1, what: 'header type' },
  { at: CAPABILITIES_POINTER, lengthBytes: 1, what: 'capabilities' },
];

/** The configuration space at the start of a PCI device's state; undefined where the state does not start with one. */
export function pciConfigOf(body: Uint8Array): Uint8Array | undefined {
  if (body.length < CONFIG_OFFSET + CONFIG_BYTES) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (view.getUint32(0) !== STATE_VERSION) return undefined;
  return body.subarray(CONFIG_OFFSET, CONFIG_OFFSET + CONFIG_BYTES);
}

/**
 * The first difference for which QEMU refuses a PCI device's configuration space: in bytes that it compares, which are those
 * that neither it nor a driver changes. Mirrors `get_pci_config_device` with `pci_init_cmask` and `pci_add_capability` (QEMU
 * 9.0 to 11.1, hw/pci/pci.c).
 */
export function findConfigDifference(saved: Uint8Array, own: Uint8Array): ConfigDifference | undefined {
  const fixed = [...HEADER, ...capabilityBytes(own)];
  const differences = fixed.flatMap(({ at, lengthBytes, what, mask = 0xff }) => {
    for (let byte = at; byte < at + lengthBytes; byte++) {
      const [before = 0, here = 0] = [saved[byte], own[byte]];
      if ((before & mask) !== (here & mask)) return [{ at: byte, what, saved: before, own: here }];
    }
    return [];
  });
  return differences.sort((a, b) => a.at - b.at)[0] ?? msixDifference(saved, own);
}

/** What is fixed in the capabilities of the destination: their chain, and what they say of the device. */
function* capabilityBytes(config: Uint8Array): Generator<FixedBytes, void, undefined> {
  for (const { at, id } of capabilitiesOf(config)) {
    yield { at, lengthBytes: 2, what: 'capabilities' };
    const isSecond = id === EXPRESS && ((config[at + 2] ?? 0) & 0x0f) > 1;
    for (const [offset, lengthBytes] of [
      ...(CAPABILITY_BYTES[id] ?? []),
      ...(isSecond ? EXPRESS_2_BYTES : []),
    ]) {
      yield { at: at + offset, lengthBytes, what: `capability ${id}` };
    }
  }
}

/** The number of vectors, in a register whose upper bits a driver changes. */
function msixDifference(saved: Uint8Array, own: Uint8Array): ConfigDifference | undefined {
  const capability = capabilitiesOf(own).find(({ id }) => id === MSIX);
  if (capability === undefined) return undefined;
  const at = capability.at + 2;
  const [before, here] = [saved, own].map(
    (config) => ((config[at] ?? 0) | ((config[at + 1] ?? 0) << 8)) & MSIX_TABLE_SIZE,
  );
  if (before === here) return undefined;
  return { at, what: 'number of interrupt vectors', saved: (before ?? 0) + 1, own: (here ?? 0) + 1 };
}

/** The capabilities of a device, in the order of their chain. */
export function capabilitiesOf(config: Uint8Array): { readonly at: number; readonly id: number }[] {
  const found: { at: number; id: number }[] = [];
  let at = config[CAPABILITIES_POINTER] ?? 0;
  for (let seen = 0; at >= 0x40 && at < CONFIG_BYTES - 2 && seen < MAX_CAPABILITIES; seen++) {
    found.push({ at, id: config[at] ?? 0 });
    at = config[at + 1] ?? 0;
  }
  return found;
}
