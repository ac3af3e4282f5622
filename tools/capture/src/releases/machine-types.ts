import { type Emulator, printedByQemu } from './run-qemu.js';

/** The machine types of an emulator, by the names that it writes into a stream: no aliases. */
export async function askMachineTypes(emulator: Emulator): Promise<string[]> {
  const text = await printedByQemu(emulator, ['-machine', 'help']);
  const rows = text.split('\n').slice(1).filter(Boolean);
  return rows
    .filter((row) => !row.includes('(alias of '))
    .map((row) => row.split(/\s/)[0] ?? '')
    .filter(Boolean);
}
