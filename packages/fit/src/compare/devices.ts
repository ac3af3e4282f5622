import { hotplugProcessors } from '@mapped-ram/facts';
import { findDevice, findVirtioQueues, type OpeningSection, type Snapshot } from '@mapped-ram/reader';
import { hasChange, judgeState, type QemuVersion, qemuVersions } from '@mapped-ram/releases';
import type { Destination, DestinationState } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';
import { armRegistersOf, registerFault } from './arm-registers.js';
import { missingBuiltInPart } from './built-in-parts.js';
import { deviceHelp } from './device-help.js';
import type { MendingOptions } from './mending-options.js';
import { type ConfigDifference, findConfigDifference, pciConfigOf } from './pci-config.js';
import { findExtendedDifference } from './pci-extended-config.js';
import { spaprCapabilityFault } from './spapr-capabilities.js';
import { hasLayout } from './state-layout.js';

/** Whether the destination has every device of the file, and takes its state. */
export async function* compareDevices(
  snapshot: Snapshot,
  destination: Destination,
  mending: MendingOptions,
): AsyncGenerator<FitFinding, void, undefined> {
  if (destination.states.length === 0) {
    yield {
      ...{ code: 'devices-unknown', outcome: 'restores', metAt: 0 },
      message:
        'the destination writes the states of its devices without footers, so that they were not compared',
      help: '--try, or a destination without -global migration.send-section-footer=off',
    };
    return;
  }
  const own = new Map(destination.states.map((state) => [keyOf(state), state]));
  for (const section of snapshot.sections) {
    if (section.kind !== 'full') continue;
    const state = own.get(keyOf(section));
    own.delete(keyOf(section));
    // QEMU takes "early" states before it has the others, and leaves them out of what it is asked for here.
    if (state === undefined && section.idstr.endsWith('-early')) continue;
    if (state === undefined) yield missing(section, await mending.deviceFor(section.idstr));
    else yield* compareState({ snapshot, section, state, destination });
  }
  for (const { idstr, instanceId } of own.values()) {
    yield {
      ...{ code: 'device-extra', outcome: 'restores', metAt: 0, subject: idstr },
      message: `the destination has ${idstr}, instance ${instanceId}, of which nothing is in the file: it stays as it was started`,
    };
  }
}

interface Pair {
  readonly snapshot: Snapshot;
  readonly section: OpeningSection;
  readonly state: DestinationState;
  readonly destination: Destination;
}

function keyOf({ idstr, instanceId }: { readonly idstr: string; readonly instanceId: number }): string {
  return `${instanceId} ${idstr}`;
}

function missing({ idstr, instanceId, byteOffset }: OpeningSection, option?: string): FitFinding {
  return {
    ...{ code: 'device-missing', outcome: 'refused', metAt: byteOffset, subject: idstr },
    message: `the file has the device ${idstr}, instance ${instanceId}, and the destination has not`,
    help: option ?? deviceHelp(idstr),
    qemu: `Unknown section or instance '${idstr}' ${instanceId}`,
  };
}

async function* compareState(pair: Pair): AsyncGenerator<FitFinding, void, undefined> {
  const { snapshot, section, state } = pair;
  const version = versionFinding(pair);
  if (version !== undefined) {
    yield version;
    return;
  }
  const saved = await snapshot.readDeviceState(section);
  const own = new Uint8Array(Buffer.from(state.body, 'base64'));
  const found =
    configFinding(pair, saved, own) ?? queuesFinding(pair, saved, own) ?? describedFinding(pair, saved, own);
  if (found !== undefined) yield found;
}

function versionFinding({ section, state, snapshot, destination }: Pair): FitFinding | undefined {
  const { idstr, instanceId, versionId, byteOffset } = section;
  const place = { code: 'device-version', outcome: 'refused', metAt: byteOffset, subject: idstr } as const;
  if (versionId > state.versionId) {
    return {
      ...place,
      message: `the state of ${idstr} has version ${versionId}, and the destination's has ${state.versionId}`,
      help: 'restore with the release that saved the file, or a newer one',
      qemu: `unsupported version ${versionId} for '${idstr}' v${state.versionId}`,
    };
  }
  const release = releaseOf(destination);
  const json = snapshot.vmdescription?.json;
  const name = (json && findDevice(json, idstr, instanceId)?.vmsd_name) ?? idstr;
  if (release === undefined) return undefined;
  const { verdict, range } = judgeState({ name, version: versionId }, destination.target, release);
  if (verdict !== 'too-old' || range === undefined) return undefined;
  return {
    ...place,
    message: `the state of ${idstr} has version ${versionId}, and the destination takes ${range.minimum} to ${range.version}`,
    help: 'restore with the release that saved the file',
    qemu: `incoming version_id ${versionId} is too old for local minimum version_id ${range.minimum}`,
  };
}

function releaseOf({ release }: Destination): QemuVersion | undefined {
  return qemuVersions.find((known) => known === release);
}

/** PCI devices start with their configuration space. */
function configFinding({ section }: Pair, saved: Uint8Array, own: Uint8Array): FitFinding | undefined {
  const [before, here] = [pciConfigOf(saved), pciConfigOf(own)];
  if (!/^[0-9a-f]{4}:[0-9a-f]{2}/.test(section.idstr) || before === undefined || here === undefined)
    return undefined;
  const difference = findConfigDifference(before, here) ?? findExtendedDifference(saved, own);
  if (difference === undefined) return undefined;
  const { what, at } = difference;
  return {
    ...{ code: 'pci-differs', outcome: 'refused', metAt: section.bodyOffset, subject: section.idstr },
    message: `the ${what} of ${section.idstr} is ${difference.saved} in the file and ${difference.own} in the destination`,
    help: configHelp(section.idstr, difference),
    qemu: `get_pci_config_device: Bad config data: i=0x${at.toString(16)}`,
  };
}

/** An Express port has numbers that are options, and a network card's serial number is made from its address. */
function configHelp(idstr: string, { what }: ConfigDifference): string {
  if (what === 'capability 16' && idstr.endsWith('port'))
    return 'port= and slot= of the port as they were saved';
  if (what === 'extended capability 3') return 'mac= of the network card as it was saved';
  return 'start it with the same device, with the same options';
}

/** What a virtio device compares of its queues. */
function queuesFinding(
  { section, destination }: Pair,
  saved: Uint8Array,
  own: Uint8Array,
): FitFinding | undefined {
  if (!section.idstr.includes('/virtio-')) return undefined;
  const before = findVirtioQueues(section.idstr, saved, section.bodyOffset);
  const here = findVirtioQueues(section.idstr, own, 0);
  if (before === undefined || here === undefined) return undefined;
  const release = releaseOf(destination);
  const isChecked = release === undefined || hasChange('ringSizeChecked', release) === 'yes';
  const index = before.queues.findIndex(
    ({ ringSize }, at) => isChecked && ringSize > (here.queues[at]?.ringSize ?? 0),
  );
  const queue = before.queues[index];
  if (queue === undefined) return undefined;
  const limit = here.queues[index]?.ringSize ?? 0;
  const mends = queue.isSetUp ? 'restore with the release that saved it' : 'mr repair --for-qemu 11.1';
  return {
    ...{ code: 'queues-differ', outcome: 'refused', metAt: section.bodyOffset, subject: section.idstr },
    message: `queue ${index} of ${section.idstr} has ${queue.ringSize} entries in the file and ${limit} in the destination`,
    help: `start it with as long a queue (queue-size=, rx_queue_size=), or ${mends}`,
    qemu: `VQ ${index} vring.num ${queue.ringSize} exceeds allocated max ${limit}`,
  };
}

/** What the description tells: an Arm processor's registers, and whether fields are where the destination has them. */
function describedFinding(
  { snapshot, section, destination }: Pair,
  saved: Uint8Array,
  own: Uint8Array,
): FitFinding | undefined {
  const { idstr, instanceId, bodyOffset } = section;
  const json = snapshot.vmdescription?.json;
  const described = json && findDevice(json, idstr, instanceId);
  if (described === undefined) return undefined;
  const before = armRegistersOf(saved, described);
  if (before !== undefined) {
    const here = armRegistersOf(own, described);
    const fault =
      here === undefined ? 'the destination has a processor of another kind' : registerFault(before, here);
    if (fault !== undefined) {
      return {
        ...{
          code: 'processor-differs',
          outcome: 'refused',
          metAt: bodyOffset,
          subject: idstr,
          message: fault,
        },
        help: '-cpu with the model that was saved, and the release that saved it',
        qemu: 'error while loading state for instance 0x0 of device cpu',
      };
    }
  }
  const part = missingBuiltInPart(saved, own);
  if (part !== undefined) {
    return {
      ...{ code: 'device-layout', outcome: 'crashes', metAt: bodyOffset, subject: idstr, message: part.what },
      ...{ help: part.help, qemu: 'Assertion failed' },
    };
  }
  if (before !== undefined) return undefined;
  const capability = idstr === 'spapr' ? spaprCapabilityFault(saved, own) : undefined;
  if (capability !== undefined) {
    return {
      ...{
        code: 'device-layout',
        outcome: 'refused',
        metAt: bodyOffset,
        subject: idstr,
        message: capability.what,
      },
      ...{
        help: `-machine cap-${capability.name}= as it was saved`,
        qemu: `cap-${capability.name} higher level`,
      },
    };
  }
  const processors = hotplugProcessors(described);
  const isOtherNumber = processors !== undefined && (destination.processors ?? processors) !== processors;
  if (hasLayout(own, described) && !isOtherNumber) return undefined;
  return {
    ...{ code: 'device-layout', outcome: 'refused', metAt: bodyOffset, subject: idstr },
    message: `the state of ${idstr} is laid out otherwise in the destination`,
    help: deviceHelp(idstr),
    qemu: `Missing section footer for ${idstr}`,
  };
}
