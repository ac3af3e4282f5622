import { MAPPED_RAM_CAPABILITY } from '@mapped-ram/format';
import type { ByteSource, Configuration, StreamModel, VmsdStruct } from '@mapped-ram/reader';
import { configurationSection, endMarker, type StreamPart, vmdescriptionHeader } from '@mapped-ram/writer';
import { replaceMember, writeJson } from './json-member.js';

const CAPABILITIES_SUBSECTION = 'configuration/capabilities';
const TARGET_PAGE_BITS_SUBSECTION = 'configuration/target-page-bits';

/** The layout that the stream is to have. */
export type RamLayout = NonNullable<StreamModel['ramLayout']>;

/** The capabilities that the stream names when its memory has this layout. */
function capabilitiesFor(layout: RamLayout, { capabilities = [] }: Configuration): string[] {
  const others = capabilities.map(({ value }) => value).filter((name) => name !== MAPPED_RAM_CAPABILITY);
  return layout === 'mapped-ram' ? [...others, MAPPED_RAM_CAPABILITY] : others;
}

/**
 * The stream from its magic to an offset, with the capability list of another layout.
 *
 * @param endOffset Somewhere behind the configuration section.
 */
export function convertHead(
  { streamOffset, configuration }: Pick<StreamModel, 'streamOffset' | 'configuration'>,
  source: ByteSource,
  layout: RamLayout,
  endOffset: number,
): StreamPart[] {
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  if (configuration === undefined) return [part(streamOffset, endOffset)];
  const { machine, uuid, targetPageBits, byteOffset, byteLength } = configuration;
  const capabilities = capabilitiesFor(layout, configuration);
  return [
    part(streamOffset, byteOffset),
    configurationSection({ machine, capabilities, uuid, targetPageBits }),
    part(byteOffset + byteLength, endOffset),
  ];
}

/**
 * The end of the stream, with a vmdescription that fits the changed configuration section.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function convertEnd(
  model: StreamModel,
  source: ByteSource,
  layout: RamLayout,
): Promise<StreamPart[]> {
  const { vmdescription: frame, configuration } = model;
  const described = frame?.json?.configuration;
  if (frame === undefined) return [endMarker()];
  if (configuration === undefined || described === undefined) return [endMarker(), { source, ...frame }];
  const jsonLength = frame.declaredLengthBytes;
  const bytes = new Uint8Array(jsonLength);
  await source.read(bytes, frame.byteOffset + frame.byteLength - jsonLength);
  const changed = describeConfiguration(described, capabilitiesFor(layout, configuration));
  const json = replaceMember(new TextDecoder().decode(bytes), 'configuration', writeJson(changed));
  const encoded = new TextEncoder().encode(json);
  return [endMarker(), vmdescriptionHeader(encoded.length), encoded];
}

/** The description with the subsection for these capabilities, as QEMU words it. */
function describeConfiguration(described: VmsdStruct, capabilities: readonly string[]): VmsdStruct {
  const others = (described.subsections ?? []).filter(
    ({ vmsd_name }) => vmsd_name !== CAPABILITIES_SUBSECTION,
  );
  if (capabilities.length > 0) {
    const at = others.findIndex(({ vmsd_name }) => vmsd_name === TARGET_PAGE_BITS_SUBSECTION) + 1;
    others.splice(at, 0, describeCapabilities(capabilities));
  }
  const { subsections: _, ...rest } = described;
  return others.length === 0 ? rest : { ...rest, subsections: others };
}

function describeCapabilities(capabilities: readonly string[]): VmsdStruct {
  const [first = ''] = capabilities;
  return {
    vmsd_name: CAPABILITIES_SUBSECTION,
    version: 1,
    fields: [
      { name: 'caps_count', type: 'uint32', size: 4 },
      {
        name: 'capabilities',
        ...(capabilities.length > 1 && { array_len: capabilities.length }),
        type: 'capability',
        // QEMU describes the elements by the first one, though their lengths differ.
        size: first.length + 1,
      },
    ],
  };
}
