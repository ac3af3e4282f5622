import type { StreamModel } from '@mapped-ram/reader';
import { Places, type SectionPlaces } from '../builder/places.js';

/** A number or a name in the stream, and where it is. Offsets in the unmutated capture. */
export interface Field {
  /** Such as `ram.blocks[0].pagesOffset`. */
  readonly name: string;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly kind: 'number' | 'text';
}

/** Every field of a good capture that is not the contents of a page, a bitmap or a device. */
export function listFields(model: StreamModel): Field[] {
  const places = new Places(model);
  return [
    number('stream.magic', model.streamOffset, 4),
    number('stream.version', model.streamOffset + 4, 4),
    ...configurationFields(model),
    ...places.sections.flatMap((section, index) => sectionFields(section, `sections[${index}]`)),
    ...commandFields(model),
    ...wordFields(model),
    ...model.ramBlocks.flatMap(({ index }) => blockFields(places, index)),
    ...endFields(model),
  ];
}

function number(name: string, offset: number, lengthBytes: number): Field {
  return { name, offset, lengthBytes, kind: 'number' };
}

function text(name: string, offset: number, lengthBytes: number): Field[] {
  return lengthBytes === 0 ? [] : [{ name, offset, lengthBytes, kind: 'text' }];
}

function configurationFields({ configuration }: StreamModel): Field[] {
  if (configuration === undefined) return [];
  const { byteOffset, machine, subsections, capabilities = [] } = configuration;
  return [
    number('configuration.type', byteOffset, 1),
    number('configuration.machineLength', byteOffset + 1, 4),
    ...text('configuration.machine', byteOffset + 5, machine.length),
    ...subsections.flatMap(({ byteOffset: at, byteLength, name }) => [
      number(`${name}.type`, at, 1),
      number(`${name}.nameLength`, at + 1, 1),
      ...text(`${name}.name`, at + 2, name.length),
      number(`${name}.versionId`, at + 2 + name.length, 4),
      // The capabilities' count, the page bits, or the start of the UUID.
      ...(byteLength >= name.length + 10 ? [number(`${name}.value`, at + 6 + name.length, 4)] : []),
    ]),
    ...capabilities.flatMap(({ byteOffset: at, value }) => [
      number(`capability.${value}.length`, at, 1),
      ...text(`capability.${value}.name`, at + 1, value.length),
    ]),
  ];
}

function sectionFields(section: SectionPlaces, name: string): Field[] {
  const hasFooter = section.end > section.footerOffset;
  const isOpening = section.typeOffset + 5 < section.bodyOffset;
  return [
    number(`${name}.type`, section.typeOffset, 1),
    number(`${name}.id`, section.idOffset, 4),
    ...(isOpening
      ? [
          number(`${name}.idstrLength`, section.idstrOffset, 1),
          ...text(
            `${name}.idstr`,
            section.idstrOffset + 1,
            section.instanceIdOffset - section.idstrOffset - 1,
          ),
          number(`${name}.instanceId`, section.instanceIdOffset, 4),
          number(`${name}.versionId`, section.versionIdOffset, 4),
        ]
      : []),
    ...(hasFooter
      ? [
          number(`${name}.footer`, section.footerOffset, 1),
          number(`${name}.footerId`, section.footerOffset + 1, 4),
        ]
      : []),
  ];
}

function commandFields({ sections }: StreamModel): Field[] {
  return sections
    .filter((section) => section.kind === 'command')
    .flatMap(({ byteOffset, dataLengthBytes }, index) => [
      number(`commands[${index}].type`, byteOffset, 1),
      number(`commands[${index}].command`, byteOffset + 1, 2),
      number(`commands[${index}].length`, byteOffset + 3, 2),
      ...(dataLengthBytes >= 4 ? [number(`commands[${index}].data`, byteOffset + 5, 4)] : []),
    ]);
}

function wordFields({ sections }: StreamModel): Field[] {
  return sections
    .flatMap((section) => (section.kind === 'command' ? [] : (section.ram?.words ?? [])))
    .map(({ byteOffset }, index) => number(`ram.words[${index}]`, byteOffset, 8));
}

function blockFields(places: Places, index: number): Field[] {
  const block = places.block(index);
  const name = `ram.blocks[${index}]`;
  return [
    number(`${name}.idstrLength`, block.idstrOffset, 1),
    ...text(`${name}.idstr`, block.idstrOffset + 1, block.usedLengthOffset - block.idstrOffset - 1),
    number(`${name}.usedLength`, block.usedLengthOffset, 8),
    number(`${name}.headerVersion`, block.headerVersionOffset, 4),
    number(`${name}.pageSize`, block.pageSizeOffset, 8),
    number(`${name}.bitmapOffset`, block.bitmapOffsetOffset, 8),
    number(`${name}.pagesOffset`, block.pagesOffsetOffset, 8),
  ];
}

function endFields({ endMarkerOffset, vmdescription }: StreamModel): Field[] {
  return [
    ...(endMarkerOffset === undefined ? [] : [number('endMarker', endMarkerOffset, 1)]),
    ...(vmdescription === undefined
      ? []
      : [
          number('vmdescription.type', vmdescription.byteOffset, 1),
          number('vmdescription.length', vmdescription.byteOffset + 1, 4),
        ]),
  ];
}
