import { findMaxRamBelow4g } from '@mapped-ram/facts';
import { formatOptions, isMachineName, MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { targetsOfMachine } from '@mapped-ram/releases';
import type { MachineRecord } from '../record/machine-record.js';
import { boardOptions } from './board-options.js';
import { addDevices } from './device-options.js';
import { addFirmware } from './firmware-options.js';
import { CommandBuilder, type MachineCommand } from './machine-command.js';
import { addMemory } from './memory-options.js';
import { addProcessors } from './processor-options.js';
import { savedDevices } from './saved-devices.js';
import { targetOf } from './target.js';

/**
 * The command line that a snapshot fits, as far as the file tells: machine, memory, processors, and every device in its slot. Disks, networks
 * and the like are placeholders that start. Nothing of the file gets into an option but through QEMU's option syntax.
 *
 * @param record what QEMU told of its machine when the file was saved, where somebody kept it
 * @throws MappedRamError `unsupported` where the file names a machine as none can be called; as the snapshot's reads
 */
export async function deriveCommand(snapshot: Snapshot, record?: MachineRecord): Promise<MachineCommand> {
  const builder = new CommandBuilder();
  const machine = machineOf(snapshot, builder);
  const { target, isSure } = targetOf(snapshot, machine);
  if (!isSure)
    builder.isUnknown(
      `the emulator: the file does not tell the processor’s architecture, and ${target} is a guess`,
    );
  if (targetsOfMachine(machine).length === 0) {
    builder.isByHand(
      `no QEMU that was asked has a machine ${machine}: it is a distributor’s, or of another release`,
    );
  }
  builder.add('-nodefaults');
  const rest = new CommandBuilder();
  const told = record?.machine === machine ? record : undefined;
  const memory = addMemory(snapshot, machine, rest, told);
  if (record !== undefined && told === undefined) {
    builder.isUnknown(`what the record tells: it is of a machine ${record.machine}`);
  }
  await addProcessors({ snapshot, machine, record: told }, rest);
  const firmware = addFirmware({ snapshot, machine, record: told }, rest);
  const lowBytes = await findMaxRamBelow4g(snapshot);
  builder.add(
    '-machine',
    formatOptions(machine, {
      ...boardOptions(snapshot, machine),
      ...(lowBytes !== undefined && { 'max-ram-below-4g': lowBytes }),
      ...memory,
      ...firmware,
    }),
  );
  addDevices(snapshot, machine, await savedDevices(snapshot, machine), rest, told);
  addStream(snapshot, rest);
  return builder.with(rest).build(target);
}

/** Main RAM by whose name a machine is known that the file does not name. */
const BY_MEMORY: readonly (readonly [idstr: RegExp, machine: string])[] = [
  [/^microvm\.ram$/, 'microvm'],
  [/^mach-virt\.ram$/, 'virt'],
  [/^riscv_virt_board\.ram$/, 'virt'],
  [/^s390\.ram$/, 's390-ccw-virtio'],
  [/^ppc_spapr\.ram$/, 'pseries'],
];

function machineOf({ configuration, ramBlocks, sections }: Snapshot, builder: CommandBuilder): string {
  const named = configuration?.machine;
  if (named !== undefined && !isMachineName(named)) {
    throw new MappedRamError('unsupported', {
      what: `no machine is called ${JSON.stringify(named.slice(0, 80))}, and QEMU would take it for options`,
      path: 'configuration.machine',
    });
  }
  if (named !== undefined) return named;
  const byMemory = BY_MEMORY.find(([idstr]) => ramBlocks.some((block) => idstr.test(block.idstr)))?.[1];
  const isQ35 = sections.some((section) => section.kind === 'full' && section.idstr.endsWith('/ICH9LPC'));
  const guess = byMemory ?? (isQ35 ? 'q35' : 'pc');
  builder.isUnknown(
    `the machine type, which the file does not name: ${guess} is what its memory and devices look like, and its version is a guess`,
  );
  return guess;
}

/** What of the stream itself QEMU has to be told. */
function addStream({ configuration, sections }: Snapshot, builder: CommandBuilder): void {
  if (configuration?.uuid !== undefined) builder.add('-uuid', configuration.uuid);
  if (configuration === undefined)
    builder.add('-global', formatOptions(undefined, { 'migration.send-configuration': 'off' }));
  const full = sections.filter(({ kind }) => kind === 'full');
  const hasFooter = full.some((section) => 'footer' in section && section.footer !== undefined);
  if (full.length > 0 && !hasFooter) {
    builder.add('-global', formatOptions(undefined, { 'migration.send-section-footer': 'off' }));
  }
}
