import type { MemoryPiece, TaskBlock } from './writing-task.js';

/** What a task's author says; the rest is taken from the base. */
export interface TaskDefinition {
  readonly id: string;
  readonly what: string;
  readonly why: string;
  readonly clauses: readonly string[];
  readonly base: string;
  readonly streamOffset?: number;
  /** Other memory than the base's, for a machine that has one block. */
  readonly ram?: RamDefinition;
}

/** The only block of a machine without devices. */
export interface RamDefinition {
  readonly pages: number;
  readonly memory: readonly MemoryPiece[];
}

/** The base of tasks that say what is in their memory: a machine without devices, with one block. */
export const BARE_BASE = 'qemu-10.0/none';

/** Its page, in bytes. */
export const PAGE = 4096;

/** States a task: to write a capture anew. */
export function asSaved(
  slug: string,
  base: string,
  words: Pick<TaskDefinition, 'what' | 'why' | 'clauses'>,
): TaskDefinition {
  return { id: `writing/${slug}`, ...words, base };
}

/** States a task: to write some memory of a machine without devices. */
export function memory(
  slug: string,
  ram: RamDefinition,
  words: Pick<TaskDefinition, 'what' | 'why' | 'clauses'> & { readonly streamOffset?: number },
): TaskDefinition {
  return { id: `writing/${slug}`, ...words, base: BARE_BASE, ram };
}

/** Pages of one repeated byte, one after the other; the byte tells pages apart that lie near each other. */
export function pages(first: number, count: number): MemoryPiece[] {
  return Array.from({ length: count }, (_, index) => ({
    offset: (first + index) * PAGE,
    lengthBytes: PAGE,
    fill: (1 + ((first + index) % 251)).toString(16).padStart(2, '0'),
  }));
}

/** Where the memory of a block does not come from the base. */
export function blockOf(id: string, { pages: count, memory: pieces }: RamDefinition): TaskBlock {
  return { id, usedLength: count * PAGE, pageSize: PAGE, memory: pieces };
}
