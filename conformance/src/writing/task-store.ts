import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WritingTask } from './writing-task.js';

const TASKS_PATH = fileURLToPath(new URL('../../writing', import.meta.url));

/** The ids of all tasks on disk, sorted. */
export function listTasks(): string[] {
  return readdirSync(TASKS_PATH)
    .filter((name) => name.endsWith('.json'))
    .map((name) => `writing/${name.slice(0, -'.json'.length)}`)
    .sort();
}

/** Reads a task; undefined where there is none of this id. */
export function readTask(id: string): WritingTask | undefined {
  const path = pathOf(id);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as WritingTask) : undefined;
}

/** Reads all tasks, sorted by id. */
export function readTasks(): WritingTask[] {
  return listTasks().map((id) => readTask(id) as WritingTask);
}

/** Writes a task in place of the one of the same id. */
export function writeTask(task: WritingTask): void {
  mkdirSync(TASKS_PATH, { recursive: true });
  writeFileSync(pathOf(task.id), formatTask(task));
}

/** Removes a task that nothing defines any more. */
export function removeTask(id: string): void {
  rmSync(pathOf(id));
}

/** The text of a task's file: pieces of memory a line each. The same task always gives the same text. */
export function formatTask(task: WritingTask): string {
  const text = JSON.stringify(task, null, 2);
  return `${text.replaceAll(/\{\s+("offset": \d+),\s+("lengthBytes": \d+),\s+("\w+": "?\w+"?)\s+\}/g, '{ $1, $2, $3 }')}\n`;
}

function pathOf(id: string): string {
  return join(TASKS_PATH, `${id.slice('writing/'.length)}.json`);
}
