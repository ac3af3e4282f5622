import {
  amount,
  count,
  list,
  optional,
  type QmpClient,
  queryRamBlocks,
  record,
  shape,
  text,
  truth,
} from '@mapped-ram/qmp';
import { describeMemory } from './describe-memory.js';
import { describeProcessor } from './describe-processor.js';
import type {
  MachineRecord,
  RecordedDisk,
  RecordedPart,
  RecordedSlot,
  RecordedValue,
} from './machine-record.js';
import { askIfKnown, textProperty } from './qom.js';

const properties = list(shape({ name: text, type: text }));
const options = list(record);

/** More of one kind than this are not asked for. */
const MAX_PARTS = 512;

/** What somebody can give that QEMU calls by another name than its options. */
const NOT_OPTIONS = /^(legacy-|type$|realized$|hotplug|parent_bus$|x-)/;

/**
 * Asks a QEMU what no snapshot holds of it: its version, processors, firmware, devices and objects with their options, PCI slots and disks. Nothing of it
 * changes, and its guest may run.
 *
 * @throws QmpError; MappedRamError `qmp-timeout`, `qmp-closed`, `bad-qmp-result`
 */
export async function recordMachine(qmp: QmpClient): Promise<MachineRecord> {
  const { major, minor, micro, package: distributor } = qmp.greeting.version;
  const type = await qmp.execute('qom-get', { path: '/machine', property: 'type' }, { result: text });
  const { arch } = await qmp.execute('query-target', {}, { result: shape({ arch: text }) });
  const accelerator = await acceleratorOf(qmp);
  const firmware = await textProperty(qmp, '/machine', 'firmware');
  const memory = await describeMemory(qmp, await queryRamBlocks(qmp));
  return {
    ...{ format: 'mapped-ram-machine', version: 1 },
    qemu: `${major}.${minor}.${micro}${distributor === '' ? '' : ` (${distributor})`}`,
    target: arch,
    machine: type.replace(/-machine$/, ''),
    ...(accelerator && { accelerator }),
    processors: await processorsOf(qmp, arch),
    ...(firmware && { firmware }),
    devices: [
      ...(await partsOf(qmp, '/machine/peripheral')),
      ...(await partsOf(qmp, '/machine/peripheral-anon')),
    ],
    objects: await partsOf(qmp, '/objects'),
    pci: await slotsOf(qmp),
    disks: await disksOf(qmp),
    ...(memory !== undefined && { memory }),
  };
}

/** QEMU before 11.0 tells of KVM alone. */
async function acceleratorOf(qmp: QmpClient): Promise<string | undefined> {
  const all = await askIfKnown(qmp, 'query-accelerators', {}, shape({ enabled: text }));
  if (all !== undefined) return all.enabled;
  const kvm = await askIfKnown(qmp, 'query-kvm', {}, shape({ enabled: truth }));
  return kvm?.enabled === true ? 'kvm' : undefined;
}

async function processorsOf(qmp: QmpClient, arch: string): Promise<MachineRecord['processors']> {
  const smp = await askIfKnown(qmp, 'qom-get', { path: '/machine', property: 'smp' }, record);
  const topology = Object.fromEntries(
    Object.entries(smp ?? {}).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value]] : [])),
  );
  return { ...(await describeProcessor(qmp, arch)), ...(smp !== undefined && { topology }) };
}

/** What hangs in a folder of QOM, with those options that differ from the type's own. */
async function partsOf(qmp: QmpClient, folder: string): Promise<RecordedPart[]> {
  const children = (await askIfKnown(qmp, 'qom-list', { path: folder }, properties)) ?? [];
  const parts: RecordedPart[] = [];
  for (const child of children.slice(0, MAX_PARTS)) {
    const [, type] = /^child<(.+)>$/.exec(child.type) ?? [];
    if (type === undefined) continue;
    const path = `${folder}/${child.name}`;
    const isNamed = !/^device\[\d+\]$/.test(child.name);
    parts.push({ type, ...(isNamed && { id: child.name }), options: await optionsOf(qmp, path, type) });
  }
  return parts;
}

async function optionsOf(qmp: QmpClient, path: string, type: string): Promise<Record<string, RecordedValue>> {
  const isDevice = path.startsWith('/machine/');
  const command = isDevice ? 'device-list-properties' : 'qom-list-properties';
  const known = (await askIfKnown(qmp, command, { typename: type }, options)) ?? [];
  const found: Record<string, RecordedValue> = {};
  for (const { name, 'default-value': own } of known.slice(0, MAX_PARTS)) {
    if (typeof name !== 'string' || NOT_OPTIONS.test(name)) continue;
    const value = await askIfKnown(qmp, 'qom-get', { path, property: name }, (one) => one);
    if (!isValue(value) || value === own || value === '') continue;
    // Without a default of its own a switch is off, and a number nothing.
    if (own === undefined && (value === false || value === 0)) continue;
    found[name] = value;
  }
  return found;
}

function isValue(value: unknown): value is RecordedValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const slot = shape({
  bus: count,
  slot: count,
  function: count,
  id: shape({ vendor: count, device: count }),
  class_info: shape({ class: count }),
  qdev_id: optional(text),
  pci_bridge: optional(record),
});

async function slotsOf(qmp: QmpClient): Promise<RecordedSlot[]> {
  const buses = (await askIfKnown(qmp, 'query-pci', {}, list(shape({ devices: list(record) })))) ?? [];
  const slots: RecordedSlot[] = [];
  const collect = (devices: readonly Record<string, unknown>[], depth: number): void => {
    for (const one of devices) {
      if (slots.length === MAX_PARTS || depth > 8) return;
      const { bus, slot: number, function: fn, id, class_info, qdev_id, pci_bridge } = slot(one, 'query-pci');
      slots.push({
        ...{ bus, slot: number, fn, vendor: id.vendor, device: id.device, class: class_info.class },
        ...(qdev_id && { id: qdev_id }),
      });
      const behind = pci_bridge?.devices;
      if (Array.isArray(behind)) collect(behind as Record<string, unknown>[], depth + 1);
    }
  };
  for (const { devices } of buses) collect(devices, 0);
  return slots;
}

const disk = shape({
  device: text,
  qdev: optional(text),
  inserted: optional(
    shape({
      file: optional(text),
      drv: optional(text),
      image: optional(shape({ 'virtual-size': optional(amount) })),
    }),
  ),
});

async function disksOf(qmp: QmpClient): Promise<RecordedDisk[]> {
  const disks = (await askIfKnown(qmp, 'query-block', {}, list(disk))) ?? [];
  return disks.slice(0, MAX_PARTS).map(({ device, qdev, inserted }) => ({
    device: qdev ?? device,
    ...(inserted?.file && { file: inserted.file }),
    ...(inserted?.drv && { format: inserted.drv }),
    ...(inserted?.image?.['virtual-size'] !== undefined && { sizeBytes: inserted.image['virtual-size'] }),
  }));
}
