import { type Architecture, architectureOf, armRegisterKey, hotplugProcessors } from '@mapped-ram/facts';
import { formatOptions, isMachineName } from '@mapped-ram/format';
import { findDevice, type OpeningSection, type Snapshot } from '@mapped-ram/reader';
import { armModelsOf } from '@mapped-ram/releases';
import { armRegistersOf } from '../compare/arm-registers.js';
import type { MachineRecord } from '../record/machine-record.js';
import type { CommandBuilder, MachineOfFile } from './machine-command.js';

/** Machines that can have no other number of processors, and no other model. */
const FIXED = /^(none$|mps|arduino|isapc$)/;

/** Adds processors to the command line: as many as were saved, and their model where the file tells. */
export async function addProcessors(
  { snapshot, machine, record }: MachineOfFile,
  builder: CommandBuilder,
): Promise<void> {
  const processors = snapshot.sections.filter(
    (section): section is OpeningSection => section.kind === 'full' && section.idstr === 'cpu',
  );
  const count = processors.length;
  const most = mostProcessors(snapshot);
  if (count > 0 && !FIXED.test(machine)) {
    builder.add(
      '-smp',
      formatOptions(String(count), {
        ...(most !== undefined && most > count && { maxcpus: most }),
        ...recordedTopology(record, count),
      }),
    );
  }
  if (!isConsecutive(processors)) {
    builder.isByHand(
      'processors are numbered with gaps: give -smp the sockets, cores and threads, and plug in those that were plugged in',
    );
  }
  const isTold = record?.processors.topology !== undefined;
  if (count > 1 && !isTold) builder.isUnknown('sockets, dies, cores and threads of the processors (-smp)');
  const architecture = architectureOf(snapshot);
  const model = (await modelOf(snapshot, architecture, processors[0])) ?? recordedModel(record, machine);
  if (model !== undefined) builder.add('-cpu', formatOptions(model, {}));
  if (count === 0 || /^(mps|arduino)/.test(machine)) return;
  const what =
    model === undefined
      ? 'the model of the processors (-cpu), and their features'
      : `features of the processors beside those of ${model} (-cpu ${model},...)`;
  builder.isUnknown(
    `${what}${architecture === 'x86' ? ': QEMU does not compare them, and the guest relies on those that it found' : ''}`,
  );
}

/** Of the parts of a topology those that QEMU writes for itself. */
const TOPOLOGY = ['sockets', 'dies', 'clusters', 'cores', 'threads', 'maxcpus'] as const;

/** As the record has it, where it is of as many processors as the file. */
function recordedTopology(record: MachineRecord | undefined, count: number): Record<string, number> {
  const topology = record?.processors.topology;
  if (topology === undefined || record?.processors.count !== count) return {};
  // Dies and clusters of 1 are those of machines that cannot have more.
  return Object.fromEntries(
    TOPOLOGY.flatMap((part) => {
      const number = topology[part];
      const isPlain = number === 1 && (part === 'dies' || part === 'clusters');
      return number === undefined || isPlain ? [] : [[part, number]];
    }),
  );
}

/** The record's model, if that can be the name of one. */
function recordedModel(record: MachineRecord | undefined, machine: string): string | undefined {
  const model = record?.processors.model;
  return model !== undefined && isMachineName(model) && !FIXED.test(machine) ? model : undefined;
}

function isConsecutive(processors: readonly OpeningSection[]): boolean {
  const instances = processors.map(({ instanceId }) => instanceId).sort((a, b) => a - b);
  return instances.every((instance, index) => instance === index);
}

/** As many processors as the board's controller knows. */
function mostProcessors({ vmdescription, sections }: Snapshot): number | undefined {
  const json = vmdescription?.json;
  if (json === undefined) return undefined;
  for (const section of sections) {
    if (section.kind !== 'full') continue;
    const device = findDevice(json, section.idstr, section.instanceId);
    const found = device && hotplugProcessors(device);
    if (found !== undefined && found > 0) return found;
  }
  return undefined;
}

/** The model, of an Arm processor by its registers, of an x86 one that has no APIC as the only such model. */
async function modelOf(
  snapshot: Snapshot,
  architecture: Architecture | undefined,
  processor: OpeningSection | undefined,
): Promise<string | undefined> {
  if (processor === undefined) return undefined;
  if (architecture === 'x86') return snapshot.sections.some(isApic) ? undefined : '486';
  const json = snapshot.vmdescription?.json;
  const described = json && findDevice(json, processor.idstr, processor.instanceId);
  if (architecture !== 'arm' || described === undefined) return undefined;
  const registers = armRegistersOf(await snapshot.readDeviceState(processor), described);
  return registers && armModelsOf(armRegisterKey(registers))[0];
}

function isApic(section: Snapshot['sections'][number]): boolean {
  return section.kind === 'full' && section.idstr === 'apic';
}
