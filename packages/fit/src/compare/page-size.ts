import { destinationPageSize } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import { hasChange, type QemuVersion } from '@mapped-ram/releases';
import type { Destination } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';

const USUAL_PAGE_BYTES = 4096;

/** Targets with another page (QEMU 10.0 to 11.1, target/ARCH/cpu-param.h); all others of this list have the usual one. */
const PAGE_BYTES: Readonly<Record<string, number>> = {
  ...{ i386: USUAL_PAGE_BYTES, x86_64: USUAL_PAGE_BYTES, ppc: USUAL_PAGE_BYTES, ppc64: USUAL_PAGE_BYTES },
  ...{ riscv32: USUAL_PAGE_BYTES, riscv64: USUAL_PAGE_BYTES, s390x: USUAL_PAGE_BYTES },
  ...{ alpha: 8192, tricore: 16384 },
};

/** Of Arm the machine decides. */
const ARM_PAGE_BYTES: readonly (readonly [machine: RegExp, bytes: number])[] = [
  [/^(virt|sbsa-ref)(-|$)/, USUAL_PAGE_BYTES],
  [/^none$/, 1024],
];

/** The page of a destination, in bytes; undefined where that is not known. No QEMU tells it before it saves. */
function pageBytesOf({ target, machine }: Destination, qemu: QemuVersion): number | undefined {
  if (target === 'avr') {
    const change = hasChange('avrPageOf1024', qemu);
    return change === 'yes' ? 1024 : change === 'no' ? 256 : undefined;
  }
  if (target !== 'arm' && target !== 'aarch64') return PAGE_BYTES[target];
  return ARM_PAGE_BYTES.find(([machines]) => machines.test(machine))?.[1];
}

/** Whether the destination's pages are as long as the file's, which says nothing where a machine type is of several targets. */
export function comparePageSize(
  snapshot: Snapshot,
  destination: Destination,
  qemu: QemuVersion,
): FitFinding | undefined {
  const [block] = snapshot.ramBlocks;
  const own = pageBytesOf(destination, qemu);
  const saved = destinationPageSize(snapshot);
  if (block === undefined || own === undefined || own === saved) return undefined;
  const isChecked = hasChange('pageSizeChecked', qemu) === 'yes';
  return {
    ...{ code: 'target-differs', outcome: isChecked ? 'refused' : 'wrong-memory', metAt: block.headerOffset },
    message: `pages have ${saved} bytes in the file and ${own} in the destination, which is of another target: qemu-system-${destination.target}`,
    help: 'start the emulator that saved the file',
    ...(isChecked && {
      qemu: `Migration mapped-ram header has invalid page_size ${saved} (expected ${own})`,
    }),
  };
}
