import { blockOf, clearBitmap, clearBits, setRunState } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { pageBitsLostRule } from './rule.js';

ruleCases(pageBitsLostRule, {
  fires: [
    {
      name: 'a page whose bit is clear, where the guest did not run',
      capture: 'qemu-10.0/numa',
      deep: true,
      edit: (image, good) => clearBits(image, blockOf(good), 1),
      finds: [{ outcome: 'wrong-memory', severity: 'error', where: 'ram.blocks[0].pages[0]' }],
    },
    {
      name: 'a quick run too, where the file takes more room than its marked pages',
      capture: 'qemu-10.0/numa',
      edit: (image, good) => clearBits(image, blockOf(good), 64),
      finds: [{ outcome: 'wrong-memory' }],
    },
    {
      name: "a device's memory, which the destination may have",
      capture: 'qemu-10.0/microvm',
      deep: true,
      edit: (image, good) => image.patch(blockOf(good, 2).bitmapOffset, Uint8Array.of(1)),
      finds: [{ outcome: 'restores', severity: 'warning' }],
    },
  ],
  silent: [
    { name: 'a live save', capture: 'qemu-10.0/live', deep: true },
    {
      name: 'a live save with clear bits',
      capture: 'qemu-10.0/live',
      deep: true,
      edit: (image, good) => clearBits(image, blockOf(good), 8),
    },
    {
      name: 'a block of which no bit is set',
      capture: 'qemu-10.0/numa',
      deep: true,
      edit: (image, good) => clearBitmap(image, blockOf(good)),
    },
    {
      name: 'a guest that was paused at the end and may have run before',
      capture: 'qemu-10.0/live',
      deep: true,
      edit: (image, good) => setRunState(image, good, 'paused'),
    },
    { name: 'a good file', deep: true },
  ],
});
