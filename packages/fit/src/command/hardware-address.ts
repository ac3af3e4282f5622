import { isMappedRamError, type OpeningSection, type Snapshot, type StateNode } from '@mapped-ram/reader';

/** Fields that begin with a network card's address, as the card was started with it (QEMU 10.0 to 11.1, hw/net/). */
const FIELDS: ReadonlySet<string> = new Set(['core.permanent_mac', 'conf.macaddr', 'prom', 'eeprom_data']);

const ADDRESS_BYTES = 6;

/**
 * The hardware address of a network card, out of its state.
 *
 * @returns `52:54:00:12:34:56`, or undefined where the state is not described or tells none
 * @throws MappedRamError `read-failed`
 */
export async function hardwareAddress(
  snapshot: Snapshot,
  section: OpeningSection,
  virtioState: Uint8Array | undefined,
): Promise<string | undefined> {
  // Its own state begins with the address (hw/net/virtio-net.c, `vmstate_virtio_net_device`).
  if (virtioState !== undefined) return inWords(virtioState);
  try {
    const state = await snapshot.decodeDeviceState(section);
    return state && inWords(findBytes(state));
  } catch (error) {
    if (isMappedRamError(error) && error.code !== 'read-failed') return undefined;
    throw error;
  }
}

function findBytes({ name, value, children = [] }: StateNode): Uint8Array | undefined {
  if (FIELDS.has(name)) {
    if (value instanceof Uint8Array) return value;
    // Words of an EEPROM, the low byte first.
    if (Array.isArray(value)) {
      return Uint8Array.from(
        value
          .slice(0, ADDRESS_BYTES / 2)
          .flatMap((word) =>
            typeof word === 'bigint' ? [Number(word & 0xffn), Number((word >> 8n) & 0xffn)] : [],
          ),
      );
    }
  }
  for (const child of children) {
    const found = findBytes(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** None of zeros, and none of a group. */
function inWords(bytes: Uint8Array | undefined): string | undefined {
  const address = bytes?.subarray(0, ADDRESS_BYTES);
  if (
    address?.length !== ADDRESS_BYTES ||
    address.every((byte) => byte === 0) ||
    ((address[0] ?? 0) & 1) === 1
  )
    return undefined;
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
