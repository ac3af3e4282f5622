import { type ConfigDifference, capabilitiesOf, pciConfigOf } from './pci-config.js';

const CONFIG_OFFSET = 4;
const FIRST = 0x100;
const CONFIG_BYTES = 4096;
const EXPRESS = 0x10;
const MAX_CAPABILITIES = 64;

/** Bytes of extended capabilities that drivers cannot change, from their start, by their id. */
const CAPABILITY_BYTES: Readonly<
  Record<number, readonly (readonly [offset: number, lengthBytes: number])[]>
> = {
  // Serial number: of a network card made from its address.
  3: [[4, 8]],
  13: [[4, 2]],
  14: [[4, 2]],
  15: [[4, 2]],
  // Virtual functions: how many, and how far one is from the next.
  16: [
    [12, 4],
    [20, 8],
  ],
};

/**
 * The first difference in the extended configuration space of a PCI Express device for which QEMU refuses it: every byte of a capability is
 * compared that neither QEMU nor a driver changes. Mirrors `get_pci_config_device` with `pcie_add_capability` (QEMU 9.0 to 11.1, hw/pci/pcie.c).
 *
 * @param saved the device's state in the file
 * @param own the destination's
 */
export function findExtendedDifference(saved: Uint8Array, own: Uint8Array): ConfigDifference | undefined {
  if (!isExpress(saved) || !isExpress(own)) return undefined;
  const [before, here] = [saved, own].map((body) =>
    body.subarray(CONFIG_OFFSET, CONFIG_OFFSET + CONFIG_BYTES),
  );
  if (before === undefined || here === undefined) return undefined;
  for (const { at, id } of extendedCapabilities(here)) {
    for (const [offset, lengthBytes] of [[0, 4] as const, ...(CAPABILITY_BYTES[id] ?? [])]) {
      for (let byte = at + offset; byte < at + offset + lengthBytes && byte < CONFIG_BYTES; byte++) {
        const [savedByte = 0, ownByte = 0] = [before[byte], here[byte]];
        if (savedByte !== ownByte) {
          return { at: byte, what: `extended capability ${id}`, saved: savedByte, own: ownByte };
        }
      }
    }
  }
  return undefined;
}

function isExpress(body: Uint8Array): boolean {
  const config = pciConfigOf(body);
  if (config === undefined || body.length < CONFIG_OFFSET + CONFIG_BYTES) return false;
  return capabilitiesOf(config).some(({ id }) => id === EXPRESS);
}

function extendedCapabilities(config: Uint8Array): { readonly at: number; readonly id: number }[] {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const found: { at: number; id: number }[] = [];
  let at = FIRST;
  for (let seen = 0; at >= FIRST && at + 4 <= CONFIG_BYTES && seen < MAX_CAPABILITIES; seen++) {
    const header = view.getUint32(at, true);
    if (header === 0) break;
    found.push({ at, id: header & 0xffff });
    at = (header >>> 20) & ~3;
  }
  return found;
}
