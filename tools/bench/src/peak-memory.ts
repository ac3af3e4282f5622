/**
 * Preloaded into a measured Node process (`node --import`): writes its peak resident memory in bytes to the file that
 * `PEAK_MEMORY_FILE` names when the process ends.
 */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const path = process.env.PEAK_MEMORY_FILE;
  // Node gives kibibytes.
  if (path !== undefined) writeFileSync(path, String(process.resourceUsage().maxRSS * 1024));
});
