import { uncheckedReasons } from '../../facts/device-versions.js';
import type { Rule } from '../../rule.js';

export const devicesNotCheckedRule: Rule = {
  id: 'devices-not-checked',
  title: 'It is not known whether the devices of this QEMU take the states in the file',
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-5', 'SECTION-6'],
  description: `Which machine types and which versions of device states a release has is known of QEMU 10.0 and 11.1, which were
asked, and of releases between them where both agree. For another release, a distributor's machine type, or a device that
neither has, the verdict is about the file alone: it is sound, and its devices were not checked.

\`mr fit FILE -- qemu-system-... ARGS\` asks the very QEMU.`,
  qemu: [{ outcome: 'restores', says: 'Predicted as if its devices took their states.' }],
  remedy: 'Nothing has to be done. Ask the QEMU that will restore the file: `mr fit`.',
  *check(context) {
    const first = context.snapshot.sections.find(({ kind }) => kind === 'full');
    for (const reason of uncheckedReasons(context)) {
      yield {
        message: `The devices were not checked: ${reason}.`,
        span: { byteOffset: first?.byteOffset ?? 0, byteLength: 0 },
        where: 'sections',
      };
    }
  },
};
