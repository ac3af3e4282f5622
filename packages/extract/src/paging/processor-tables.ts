import type { Architecture, StateFields } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { PageTables, type PhysicalMemory, x86Paging, x86PagingFormat } from '@mapped-ram/guest';

/** The page tables of a processor. */
export interface ProcessorTables {
  readonly tables: PageTables;
  /** Its number, from 0. */
  readonly cpu: number;
}

/**
 * The page tables that a processor uses: the one asked for; else the first one that runs a kernel, else the first one with paging on.
 *
 * @param cpu Its number, from 0.
 * @throws RangeError where there is no such processor.
 * @throws MappedRamError `unsupported` where there are no page tables of a kind that is known.
 */
export function processorTables(
  architecture: Architecture | undefined,
  processors: readonly StateFields[],
  memory: PhysicalMemory,
  cpu?: number,
): ProcessorTables {
  if (architecture !== 'x86') {
    throw new MappedRamError('unsupported', { what: 'page tables can be read of x86-64 guests alone' });
  }
  if (cpu !== undefined && cpu >= processors.length) {
    throw new RangeError(`there is no processor ${cpu}: the snapshot has the state of ${processors.length}`);
  }
  const paged = processors
    .map((processor, index) => ({ ...x86Paging(processor), index }))
    .filter(({ isOn, index }) => isOn && (cpu === undefined || index === cpu));
  const chosen = paged.find(({ inKernel }) => inKernel) ?? paged[0];
  if (chosen === undefined) {
    const who = cpu === undefined ? 'no processor has' : `processor ${cpu} does not have`;
    throw new MappedRamError('unsupported', { what: `${who} paging on in long mode` });
  }
  const tables = new PageTables(memory, x86PagingFormat(chosen.levels), chosen.root);
  return { tables, cpu: chosen.index };
}

/** Whether a processor translates addresses by five levels of page tables. @throws MappedRamError as `x86Paging` does */
export function hasFiveLevels(
  architecture: Architecture | undefined,
  processors: readonly StateFields[],
): boolean {
  if (architecture !== 'x86') return false;
  return processors.map(x86Paging).some(({ isOn, levels }) => isOn && levels === 5);
}
