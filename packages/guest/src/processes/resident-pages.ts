import type { VirtualMemory } from '../memory/virtual-memory.js';
import type { KernelSymbols } from '../symbols/kernel-symbols.js';
import type { StructLayout } from '../types/struct-layout.js';

/** Which counters are of resident pages: of files, anonymous, shared (Linux: include/linux/mm_types_task.h); 2 counts what is in swap. */
const RESIDENT = [0, 1, 3];

/** Linux knows no more (arch/x86/Kconfig, NR_CPUS_RANGE_END). */
const MAX_CPUS = 8192;

const WHAT = 'the counters of a process’s memory';

/** Counts the pages of a process that are in memory. @param mm Its `mm_struct`. @param threads Its `task_struct`s, asked for where they count */
export type ResidentPages = (mm: bigint, threads: () => AsyncIterable<bigint>) => Promise<bigint>;

/**
 * How this kernel counts: since 6.2 each counter has a part for each processor, which are added up here as the kernel does for exact figures
 * (`percpu_counter_sum`); before, each thread has what it has not yet added to its process's (`sync_mm_rss`).
 *
 * @throws MappedRamError `unsupported` where its structures are not understood; as reading pages does.
 */
export async function residentPages(
  memory: VirtualMemory,
  symbols: KernelSymbols,
  layout: StructLayout,
): Promise<ResidentPages> {
  const stat = layout.find('mm_struct', 'rss_stat');
  if (layout.nameOf(stat) !== 'percpu_counter') {
    const counts = stat.offset + layout.offset(layout.nameOf(stat), 'count');
    const own = layout.tryFind('task_struct', 'rss_stat');
    const ownCounts = own && own.offset + layout.offset(layout.nameOf(own), 'count');
    return async (mm, threads) => {
      const view = await memory.read(mm + BigInt(counts), 8 * 4, WHAT);
      const sums = RESIDENT.map((counter) => view.getBigInt64(8 * counter, true));
      if (ownCounts === undefined) return sumOf(sums);
      for await (const thread of threads()) {
        const part = await memory.read(thread + BigInt(ownCounts), 4 * 4, WHAT);
        for (const counter of RESIDENT) sums.push(BigInt(part.getInt32(4 * counter, true)));
      }
      return sumOf(sums);
    };
  }
  const counterBytes = layout.size('percpu_counter');
  const count = layout.offset('percpu_counter', 'count');
  const parts = layout.offset('percpu_counter', 'counters');
  const offsets = await processorOffsets(memory, symbols);
  return async (mm) => {
    const view = await memory.read(mm + BigInt(stat.offset), 4 * counterBytes, WHAT);
    const sums: bigint[] = [];
    for (const counter of RESIDENT) {
      const pointer = view.getBigUint64(counter * counterBytes + parts, true);
      let sum = view.getBigInt64(counter * counterBytes + count, true);
      for (const offset of offsets) {
        const part = await memory.tryRead(BigInt.asUintN(64, pointer + offset), 4);
        if (part !== undefined) sum += BigInt(new DataView(part.buffer, part.byteOffset).getInt32(0, true));
      }
      sums.push(sum);
    }
    return sumOf(sums);
  };
}

/** What is added to the address of a variable that each processor has, for each processor. */
async function processorOffsets(memory: VirtualMemory, symbols: KernelSymbols): Promise<bigint[]> {
  const counted = symbols.find('nr_cpu_ids');
  const table = symbols.address('__per_cpu_offset');
  // With the number fixed when it was built, there is no variable of it.
  const count = counted === undefined ? 1 : await memory.u32(counted.address, WHAT);
  const view = await memory.read(table, 8 * Math.min(count, MAX_CPUS), WHAT);
  return Array.from({ length: view.byteLength / 8 }, (_, cpu) => view.getBigUint64(8 * cpu, true));
}

function sumOf(counts: readonly bigint[]): bigint {
  const sum = counts.reduce((all, count) => all + count, 0n);
  return sum < 0n ? 0n : sum;
}
