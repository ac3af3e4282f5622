/** The peer of a deep run: reads the files that it is given from end to end, 1 MiB at a time, and does nothing with it. */
import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafeSlow(1 << 20);
for (const path of process.argv.slice(2)) {
  const file = openSync(path, 'r');
  while (readSync(file, buffer, 0, buffer.length, null) > 0);
  closeSync(file);
}
