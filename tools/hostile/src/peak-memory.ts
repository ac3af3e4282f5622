import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The peak of this process's resident memory, in bytes. What getrusage calls `maxrss` would not do: it begins with what the process
 * that started this one had, so that a test's large worker would make every case look greedy.
 */
export function peakBytes(): number {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kib) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** Has Linux count the peak of this process's memory from here on. */
export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere it counts from the start of the process.
  }
}
