import { readFile } from 'node:fs/promises';
import { Vmcoreinfo } from '@mapped-ram/guest';
import type { CommandLine } from '../shared/command-line.js';
import type { OptionSpec } from '../shared/option-spec.js';
import { lastValue } from '../shared/option-values.js';
import { UsageError } from '../shared/usage-error.js';

/** No VMCOREINFO is longer; a vmlinux, which some take for it, is. */
const MAX_FILE_BYTES = 1024 * 1024;

/** `--vmcoreinfo` */
export const vmcoreinfoOption: OptionSpec = {
  name: 'vmcoreinfo',
  value: 'FILE',
  help: 'VMCOREINFO of the running kernel, as text. Without it the vmcoreinfo device is asked, and guest memory searched.',
};

/** What {@link vmcoreinfoOption} says. @throws UsageError where the file cannot be used */
export async function guestOptions(line: CommandLine): Promise<{ given?: Vmcoreinfo }> {
  const path = lastValue(line, 'vmcoreinfo');
  if (path === undefined) return {};
  const text = await readText(path);
  const given = new Vmcoreinfo(text);
  if (text.length > MAX_FILE_BYTES || !given.has('OSRELEASE'))
    throw new UsageError(`--vmcoreinfo: ${path} is no VMCOREINFO: it has no OSRELEASE`);
  return { given };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    throw new UsageError(`--vmcoreinfo: ${(error as Error).message}`);
  }
}
