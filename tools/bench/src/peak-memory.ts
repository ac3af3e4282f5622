/**
 * Preloaded into a measured Node process (`node --import`): writes its peak resident memory in bytes to the file that
 * `PEAK_MEMORY_FILE` names when the process ends.
 */
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const path = process.env.PEAK_MEMORY_FILE;
  if (path === undefined) return;
  // Of this program alone: maxRSS of getrusage begins with what the parent had when it forked.
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  writeFileSync(path, String(Number(kibibytes) * 1024));
});
