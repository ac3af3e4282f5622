import { measuredAround, releasesWithoutRegister } from '@mapped-ram/releases';
import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const armRegisterUnknownRule: Rule = {
  id: 'arm-register-unknown',
  title: 'The processor has a system register that the QEMU that restores does not have',
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-6'],
  description: `The state of an Arm processor is a list of system registers by number. QEMU refuses a register that its own
processor of that model does not have. 10.0 saves one (ID_AA64ISAR0_EL1 in its old place) for every 64-bit model that 11.1
does not know: with \`cortex-a57\`, \`cortex-a72\`, \`neoverse-n1\` or \`max\` the file does not restore there. The 32-bit
models, such as \`cortex-a15\`, do. With \`max\`, 11.1 has registers that 10.0 lacks.

Which registers the models of \`virt-10.0\` have was asked of QEMU 10.0 and 11.1.`,
  qemu: [
    {
      outcome: 'refused',
      says: '`handle_cpreg_only_in_incoming_stream: system register ... in the incoming stream but unknown on the destination`',
    },
  ],
  remedy: 'Restore with the release that saved the file.',
  *check({ devices, target }) {
    const around = measuredAround(target.qemu);
    const unknown = devices.armRegisters.filter(({ number }) =>
      releasesWithoutRegister(number).some((version) => around.includes(version)),
    );
    const [first] = unknown;
    if (first === undefined) return;
    const isCertain = around.length === 1 && around[0] === target.qemu;
    yield {
      message: `QEMU ${around.join(' or ')} lacks ${countText(unknown.length, 'register')} of the processor, the first of them 0x${first.number.toString(16)}.`,
      span: { byteOffset: first.byteOffset, byteLength: 8 },
      where: devices.processorWhere ?? 'sections',
      actual: `0x${first.number.toString(16)}`,
      ...(!isCertain && {
        behaviour: {
          outcome: 'restores' as const,
          says: `It is not known whether QEMU ${target.qemu} has it.`,
        },
      }),
    };
  },
};
