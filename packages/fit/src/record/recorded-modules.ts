import type { MachineRecord, RecordedValue } from './machine-record.js';

/** A DIMM that a record tells of. */
export interface RecordedModule {
  readonly type: 'pc-dimm' | 'nvdimm';
  /** Of its memory backend. */
  readonly id: string;
  /** The backend's block, by either of the names that QEMU gives it. */
  readonly block: string;
  /** Where the guest sees it, in bytes. */
  readonly address?: number;
  readonly slot?: number;
  readonly node?: number;
}

/** Where QOM has what was given with `-object`. */
const OBJECTS = '/objects/';

/** The DIMMs of a record, in the order of their addresses, under both names that their blocks can have. */
export function recordedModules({ devices }: MachineRecord): readonly RecordedModule[] {
  const modules = devices.flatMap(({ type, options }): RecordedModule[] => {
    const { memdev } = options;
    if ((type !== 'pc-dimm' && type !== 'nvdimm') || typeof memdev !== 'string') return [];
    if (!memdev.startsWith(OBJECTS)) return [];
    const id = memdev.slice(OBJECTS.length);
    const place = {
      ...numberOf('address', options.addr),
      ...numberOf('slot', options.slot),
      ...numberOf('node', options.node),
    };
    return [id, memdev].map((block) => ({ type, id, block, ...place }));
  });
  return modules.sort((a, b) => (a.address ?? 0) - (b.address ?? 0));
}

function numberOf(name: 'address' | 'slot' | 'node', value: RecordedValue | undefined) {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? { [name]: value } : {};
}
