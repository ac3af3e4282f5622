import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import type { SavedMemory, WantedBlock, WantedSnapshot } from '../protocol/messages.js';
import { blockMemory } from './task-memory.js';
import type { WritingTask } from './writing-task.js';

/** What a testee is given to write a task's snapshot from, and what its memory is held against. */
export interface TaskInputs {
  readonly snapshot: WantedSnapshot;
  readonly saved: SavedMemory;
}

/** Writes the memory and the device states of a task into a folder, which is made. */
export async function writeTaskInputs(task: WritingTask, folder: string): Promise<TaskInputs> {
  mkdirSync(folder, { recursive: true });
  const base = await loadCapture(task.base);
  const blocks: WantedBlock[] = [];
  for (const [index, block] of task.blocks.entries()) {
    const { memory: _, ...described } = block;
    if (block.ignored === true) {
      blocks.push(described);
      continue;
    }
    const memory = join(folder, `${index}.raw`);
    await blockMemory(block, base).writeTo(memory);
    blocks.push({ ...described, memory });
  }
  const rest = join(folder, 'rest.bin');
  writeFileSync(rest, base.bytes(task.rest.baseOffset, task.rest.lengthBytes));
  const { configuration, ramSectionId } = task;
  return {
    snapshot: { configuration, ramSectionId, blocks, rest },
    saved: { blocks: blocks.map(({ id, memory }) => ({ id, ...(memory !== undefined && { memory }) })) },
  };
}
