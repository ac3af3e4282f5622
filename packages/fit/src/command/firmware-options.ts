import { formatOptions } from '@mapped-ram/format';
import type { CommandBuilder, MachineOfFile } from './machine-command.js';

/** The largest BIOS that a PC has of its own (SeaBIOS). */
const OWN_BIOS_BYTES = 256 * 1024;

/** Flash of a PC; other machines have theirs of a fixed size whether it is used or not. */
const FLASH = /^(?:\/objects\/)?system\.flash([01])$/;

/** Adds the firmware, as far as it is not the machine's own. Returns what `-machine` is to be told. */
export function addFirmware(
  { snapshot: { ramBlocks }, machine, record }: MachineOfFile,
  builder: CommandBuilder,
): Record<string, string> {
  const flash: Record<string, string> = {};
  for (const { idstr, usedLength } of ramBlocks) {
    const [, index] = FLASH.exec(idstr) ?? [];
    if (index !== undefined) {
      const name = `flash${index}`;
      const options = {
        'node-name': name,
        size: usedLength,
        'read-zeroes': 'on',
        ...(index === '0' && { 'read-only': 'on' }),
      };
      builder.add(
        '-blockdev',
        formatOptions('null-co', options),
        `the firmware that was used, of ${usedLength} bytes`,
      );
      flash[`pflash${index}`] = name;
    }
    if (idstr === 'pc.bios' && usedLength > OWN_BIOS_BYTES) {
      builder.isByHand(`-bios with the firmware that was used, of ${usedLength} bytes`);
    }
  }
  if (!/^(none$|mps|arduino)/.test(machine)) {
    const told = record?.firmware === undefined ? '' : ` (it was ${record.firmware})`;
    builder.isUnknown(
      `the firmware (-bios)${told}: what was loaded of it is in the file, and a reset takes that of the destination`,
    );
  }
  return flash;
}
