import { blockOf, clearBitmap, type Damage } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { bitmapZeroOverDataRule } from './rule.js';

function clearBitmapOf(id: string): Damage {
  return (image, good) => {
    const block = good.ramBlocks.find(({ idstr }) => idstr === id);
    if (block !== undefined) clearBitmap(image, block);
  };
}

ruleCases(bitmapZeroOverDataRule, {
  fires: [
    {
      name: 'a bitmap that was lost',
      capture: 'qemu-10.0/microvm',
      edit: (image, good) => {
        clearBitmap(image, blockOf(good));
      },
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].bitmap' }],
    },
    {
      name: 'main RAM under the path of its object',
      capture: 'qemu-10.0/older-machine',
      edit: (image, good) => clearBitmap(image, blockOf(good)),
      finds: [{ outcome: 'wrong-memory', severity: 'error' }],
    },
    {
      name: "a device's memory in a live save, which may have become empty",
      capture: 'qemu-10.0/live',
      deep: true,
      edit: (image, good) => clearBitmap(image, blockOf(good, 1)),
      finds: [{ outcome: 'restores', severity: 'note', where: 'ram.blocks[1].bitmap' }],
    },
    {
      name: "a device's memory that was lost",
      capture: 'qemu-10.0/microvm',
      deep: true,
      edit: (image, good) => {
        clearBitmap(image, blockOf(good, 2));
      },
      finds: [{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[2].bitmap' }],
    },
    ...['ram-node0', 'ram-node1'].flatMap((id) =>
      [false, true].map((deep) => ({
        name: `one NUMA node of two, ${id}${deep ? ', deep' : ''}`,
        capture: 'qemu-10.0/numa',
        deep,
        edit: clearBitmapOf(id),
        finds: [{ outcome: 'wrong-memory', severity: 'error' } as const],
      })),
    ),
  ],
  silent: [
    {
      name: 'in a background snapshot, which has its own rule',
      capture: 'qemu-10.0/background-snapshot',
      deep: true,
    },
    { name: 'a good file' },
  ],
});
