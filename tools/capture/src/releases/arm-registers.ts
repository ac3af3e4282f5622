import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { printedByQemu } from './run-qemu.js';
import { withSavedMachine } from './saved-state.js';

const MACHINE = ['-machine', 'virt-10.0', '-nodefaults', '-m', '16M'];

/** The models of `-cpu help`. */
export async function armModelNames(version: QemuVersion): Promise<string[]> {
  const help = await printedByQemu({ version, target: 'aarch64' }, ['-cpu', 'help']);
  return help
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^[a-z0-9-]+$/.test(line));
}

/** The numbers of the system registers that a release saves for any processor of `virt-10.0`, as they stand in the stream. */
export async function askArmRegisters(version: QemuVersion): Promise<Set<bigint>> {
  const registers = new Set<bigint>();
  for (const model of await armModelNames(version)) {
    for (const register of await registersOf({ version, model })) registers.add(register);
  }
  return registers;
}

interface Processor {
  readonly version: QemuVersion;
  readonly model: string;
}

/** None where the machine does not take the processor. */
async function registersOf({ version, model }: Processor): Promise<readonly bigint[]> {
  try {
    return await withSavedMachine(
      { version, target: 'aarch64' },
      [...MACHINE, '-cpu', model],
      async (snapshot) => {
        const section = snapshot.sections.find((other) => other.kind === 'full' && other.idstr === 'cpu');
        if (section?.kind !== 'full') return [];
        const state = await snapshot.decodeDeviceState(section);
        const indexes = state?.children?.find(({ name }) => name === 'cpreg_vmstate_indexes');
        const values = indexes?.value ?? indexes?.children?.map(({ value }) => value) ?? [];
        return (values as readonly unknown[]).filter((value) => typeof value === 'bigint');
      },
    );
  } catch (error) {
    if (error instanceof Error && error.message.includes('Invalid CPU model')) return [];
    throw error;
  }
}
