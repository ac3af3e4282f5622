import { objectIdOf } from '@mapped-ram/facts';
import type { RamBlock } from '@mapped-ram/reader';
import type { MachineRecord } from './machine-record.js';

/** A DIMM that a record tells of. */
export interface RecordedModule {
  readonly type: 'pc-dimm' | 'nvdimm';
  /** Of its memory backend. */
  readonly id: string;
  /** Where it is: `addr`, at which the guest sees it, `slot` and `node`, as far as they are told. */
  readonly place: Readonly<Record<string, number>>;
}

const PLACE = ['addr', 'slot', 'node'];

/** The DIMM that a block was the memory of; undefined where the record tells of none. */
export function recordedModule(
  { devices }: MachineRecord,
  block: Pick<RamBlock, 'idstr'>,
): RecordedModule | undefined {
  const id = objectIdOf(block);
  if (id === undefined) return undefined;
  for (const { type, options } of devices) {
    const { memdev } = options;
    if ((type !== 'pc-dimm' && type !== 'nvdimm') || typeof memdev !== 'string') continue;
    if (objectIdOf({ idstr: memdev }) !== id) continue;
    const place = PLACE.flatMap((name): [string, number][] => {
      const value = options[name];
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? [[name, value]] : [];
    });
    return { type, id, place: Object.fromEntries(place) };
  }
  return undefined;
}
