const PREFIX = 'spapr/cap/';

/** The length of a subsection's version, between its name and its only byte. */
const VERSION_BYTES = 4;

/** Capabilities with more levels than on and off. */
const LEVELLED: ReadonlySet<string> = new Set(['cfpc', 'sbbc', 'ibs', 'hpt-maxpagesize', 'nested-kvm-hv']);

/**
 * Why a pseries machine does not take another's capabilities; undefined where it does. A state has those that differ from the machine's own:
 * QEMU refuses a level that is higher than that of the destination (QEMU 9.0 to 11.1, hw/ppc/spapr_caps.c, `spapr_caps_post_migration`).
 */
export function spaprCapabilityFault(
  saved: Uint8Array,
  own: Uint8Array,
): { readonly name: string; readonly what: string } | undefined {
  const [before, here] = [levels(saved), levels(own)];
  for (const name of new Set([...before.keys(), ...here.keys()])) {
    const [savedLevel, ownLevel] = [before.get(name), here.get(name)];
    if (isHigher(name, savedLevel, ownLevel)) {
      const text = (level: number | undefined) => (level === undefined ? 'the machine’s own' : String(level));
      return {
        name,
        what: `the capability ${name} has level ${text(savedLevel)} in the file and ${text(ownLevel)} in the destination`,
      };
    }
  }
  return undefined;
}

/** Whether the file's level is higher. One that is not told is the machine's own, which differs from the other. */
function isHigher(name: string, saved: number | undefined, own: number | undefined): boolean {
  if (saved !== undefined && own !== undefined) return saved > own;
  if (own !== undefined) return own === 0;
  if (saved === undefined) return false;
  return LEVELLED.has(name) ? saved > 1 : saved > 0;
}

function levels(body: Uint8Array): Map<string, number> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const found = new Map<string, number>();
  for (let at = bytes.indexOf(PREFIX); at > 0; at = bytes.indexOf(PREFIX, at + PREFIX.length)) {
    const lengthBytes = bytes[at - 1] ?? 0;
    const name = bytes.toString('latin1', at + PREFIX.length, at + lengthBytes);
    const level = bytes[at + lengthBytes + VERSION_BYTES];
    if (/^[a-z_]+$/.test(name) && level !== undefined) found.set(name.replaceAll('_', '-'), level);
  }
  return found;
}
