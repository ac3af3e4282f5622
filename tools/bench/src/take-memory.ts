/**
 * As a program: takes as much memory as the machine has, in large pages, and gives it back by ending. In a virtual machine, memory that was
 * free for two seconds is the host's, which gives it again at a speed of its own: what is compared is to find it there.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { preferLargePages } from '@mapped-ram/posix';
import { machineGib } from './scale.js';

const ITSELF = fileURLToPath(import.meta.url);
const PAGE_BYTES = 4096;

/** Has the memory there that is measured next: by a process of its own, right before. */
export function takeMemory(): void {
  const { status, stderr } = spawnSync(process.execPath, [ITSELF], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

if (process.argv[1] === ITSELF) {
  const memory = new Uint8Array(new SharedArrayBuffer(machineGib * 2 ** 30));
  preferLargePages(memory, true);
  for (let at = 0; at < memory.length; at += PAGE_BYTES) memory[at] = 1;
}
