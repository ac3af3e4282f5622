import { JsonStore } from '../store/json-store.js';
import type { WritingTask } from './writing-task.js';

/** The writing tasks on disk: `writing/<slug>.json`. */
export const taskStore = new JsonStore<WritingTask>(
  new URL('../../writing', import.meta.url),
  'writing/',
  formatTask,
);

/** The ids of all tasks on disk, sorted. */
export const listTasks = (): string[] => taskStore.list();

/** Reads a task; undefined where there is none of this id. */
export const readTask = (id: string): WritingTask | undefined => taskStore.read(id);

/** Reads all tasks, sorted by id. */
export const readTasks = (): WritingTask[] => taskStore.readAll();

/** Each piece of memory is on its own line. */
function formatTask(task: WritingTask): string {
  const text = JSON.stringify(task, null, 2);
  return `${text.replaceAll(/\{\s+("offset": \d+),\s+("lengthBytes": \d+),\s+("\w+": "?\w+"?)\s+\}/g, '{ $1, $2, $3 }')}\n`;
}
