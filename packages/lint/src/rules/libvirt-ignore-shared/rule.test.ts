import { editXml } from '../testing/libvirt-image.js';
import { ruleCases } from '../testing/rule-cases.js';
import { libvirtIgnoreSharedRule } from './rule.js';

const capture = 'libvirt-11.3/save-sparse';

const switchedBy = (args: readonly string[]) =>
  `<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>${args.map((arg) => `<q:arg value='${arg}'/>`).join('')}</q:commandline></domain>`;

ruleCases(libvirtIgnoreSharedRule, {
  fires: [
    {
      name: 'switched on for a stream without it',
      capture,
      edit: (image) => editXml(image, '</domain>', switchedBy(['-global', 'migration.x-ignore-shared=on'])),
      finds: [{ severity: 'error', outcome: 'refused', where: 'configuration.capabilities' }],
    },
    {
      name: 'switched on in the long way',
      capture,
      edit: (image) =>
        editXml(
          image,
          '</domain>',
          switchedBy(['-global', 'driver=migration,property=x-ignore-shared,value=true']),
        ),
      finds: [{ outcome: 'refused' }],
    },
    {
      name: 'a stream that has it, which the XML does not switch on',
      capture,
      // As long as x-ignore-shared, so that all else stays in its place.
      edit: (image, { configuration }) => {
        const listed = configuration?.capabilities?.[0];
        if (listed === undefined) throw new RangeError('the capture lists no capability');
        image.remove(listed.byteOffset, listed.byteLength);
        image.insert(listed.byteOffset, Buffer.from('\x0fx-ignore-shared', 'latin1'));
      },
      finds: [{ outcome: 'refused', where: 'configuration.capabilities[0]' }],
    },
  ],
  silent: [
    { name: 'a good file', capture },
    { name: 'no libvirt image', capture: 'qemu-11.1/ignore-shared' },
    {
      name: 'switched on, and off again',
      capture,
      edit: (image) =>
        editXml(
          image,
          '</domain>',
          switchedBy([
            ...['-global', 'migration.x-ignore-shared=on'],
            ...['-global', 'migration.x-ignore-shared=off'],
          ]),
        ),
    },
    {
      name: 'arguments in another namespace, which libvirt does not hand on',
      capture,
      edit: (image) =>
        editXml(
          image,
          '</domain>',
          "<commandline xmlns='urn:other'><arg value='-global'/><arg value='migration.x-ignore-shared=on'/></commandline></domain>",
        ),
    },
  ],
});
