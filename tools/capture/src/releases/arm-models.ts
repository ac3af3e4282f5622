import { armRegisterKey, readDevices } from '@mapped-ram/facts';
import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { armModelNames } from './arm-registers.js';
import { withSavedMachine } from './saved-state.js';

/** The models of `-cpu` that the `virt` machine takes, by the key of the registers that they save: `cbf29ce484222325` is `cortex-a57`. */
export async function askArmModels(version: QemuVersion): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const model of await armModelNames(version)) {
    const args = ['-machine', 'virt', '-nodefaults', '-m', '16M', '-cpu', model];
    try {
      const key = await withSavedMachine({ version, target: 'aarch64' }, args, async (snapshot) => {
        const [processor] = await readDevices(snapshot, 'cpu');
        const values = processor?.integers('cpreg_vmstate_values') ?? [];
        const numbers = processor?.integers('cpreg_vmstate_indexes') ?? [];
        return armRegisterKey(new Map(numbers.map((number, index) => [number, values[index] ?? 0n])));
      });
      found.set(key, [...(found.get(key) ?? []), model]);
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('Invalid CPU model'))) throw error;
    }
  }
  return found;
}
