import { be32 } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { targetPageBitsRule } from './rule.js';

ruleCases(targetPageBitsRule, {
  fires: [
    {
      name: "another page size than the vmdescription's",
      capture: 'qemu-10.0/aarch64-virt',
      edit: (image, good) => {
        const { byteOffset = 0, byteLength = 0 } = good.configuration?.subsections[0] ?? {};
        image.patch(byteOffset + byteLength - 4, be32(14));
      },
      finds: [{ outcome: 'refused', severity: 'error', where: 'configuration.targetPageBits' }],
    },
  ],
  silent: [{ name: 'a good file', capture: 'qemu-10.0/aarch64-virt' }],
});
