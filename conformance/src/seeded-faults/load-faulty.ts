import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { seededFaults } from './faults.js';

// Usage: SEEDED_FAULT=<id> node --import load-faulty.js PROGRAM: the program with a fault in a module that it loads. Nothing on
// disk is changed.

interface LoadResult {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}

const fault = seededFaults.find(({ id }) => id === process.env.SEEDED_FAULT);
if (fault === undefined) throw new RangeError(`there is no fault ${process.env.SEEDED_FAULT}`);

if (isMainThread) register(import.meta.url);

/** Node's hook: it runs in a thread of Node's own. */
export async function load<T>(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<T>,
): Promise<T | LoadResult> {
  if (fault === undefined || !url.endsWith(fault.module)) return nextLoad(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const parts = source.split(fault.find);
  if (parts.length !== 2) {
    throw new Error(`${fault.id}: its place is ${parts.length - 1} times in ${fault.module}`);
  }
  return { format: 'module', source: parts.join(fault.replace), shortCircuit: true };
}
