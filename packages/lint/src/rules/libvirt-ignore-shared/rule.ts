import { globalSwitchOf } from '@mapped-ram/facts';
import { IGNORE_SHARED_CAPABILITY } from '@mapped-ram/format';
import type { Rule } from '../../rule.js';

export const libvirtIgnoreSharedRule: Rule = {
  id: 'libvirt-ignore-shared',
  title: 'The domain XML does not switch x-ignore-shared as the stream has it',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONTAINER-10', 'SHARED-1'],
  description: `libvirt knows nothing of the capability \`x-ignore-shared\`. It is on in the QEMU that it starts only where the domain XML
has \`-global migration.x-ignore-shared=on\` in its \`<qemu:commandline>\`; and a stream has to have it then, too.`,
  qemu: [
    {
      from: '11.0',
      outcome: 'refused',
      says: 'QEMU: `Failed to validate capabilities`.',
    },
    {
      outcome: 'refused',
      says: 'QEMU: `Capability x-ignore-shared is off, but received capability is on`, or the other way round.',
    },
  ],
  remedy:
    'Put XML into the image that switches it as the stream has it, with `mr relocate --xml FILE IN OUT`; or restore without libvirt.',
  *check({ snapshot, domain }) {
    const { configuration } = snapshot;
    if (domain?.kind !== 'read' || configuration === undefined) return;
    const capabilities = configuration.capabilities ?? [];
    const index = capabilities.findIndex(({ value }) => value === IGNORE_SHARED_CAPABILITY);
    const listed = capabilities[index];
    const isOn = globalSwitchOf(domain.domain.qemuArguments, IGNORE_SHARED_CAPABILITY);
    if (isOn === (listed !== undefined)) return;
    yield {
      message: isOn
        ? 'The domain XML switches x-ignore-shared on, and the stream was saved without it.'
        : 'The stream was saved with x-ignore-shared, and the domain XML does not switch it on.',
      span: listed ?? { byteOffset: configuration.byteOffset, byteLength: configuration.byteLength },
      where: listed === undefined ? 'configuration.capabilities' : `configuration.capabilities[${index}]`,
      metAt: configuration.byteOffset + configuration.byteLength,
    };
  },
};
