import { Limits, MappedRam, MappedRamError, SectionType } from '@mapped-ram/format';
import { contentsErrorOf } from '../contents-error.js';
import type { Configuration, ConfigurationSubsection, Located } from '../model.js';
import type { SourceWindow } from '../window.js';
import type { Mutable } from './mutable.js';
import { untilNul } from './until-nul.js';

/** A configuration section, as far as it could be read. */
export interface ConfigurationReading {
  readonly configuration: Configuration;
  /** Why it could not be read to its end. */
  readonly fault?: MappedRamError;
}

/**
 * Reads a configuration section. Mirrors `vmstate_configuration` (QEMU 9.0 to 11.1, migration/savevm.c).
 *
 * @param byteOffset Of its type byte, 0x07.
 * @throws MappedRamError where not even the machine type can be read.
 */
export async function readConfiguration(
  window: SourceWindow,
  byteOffset: number,
): Promise<ConfigurationReading> {
  await checkMachineLength(window, byteOffset + 1);
  const { value, endOffset } = await window.parse(
    byteOffset + 1,
    (io) => new MappedRam.ConfigurationHeader(io),
  );
  const subsections: ConfigurationSubsection[] = [];
  const configuration: Mutable<Configuration> = {
    byteOffset,
    byteLength: endOffset - byteOffset,
    machine: value.machine,
    subsections,
  };
  try {
    for (let position = endOffset; (await window.byteAt(position)) === SectionType.subsection; ) {
      checkCount(subsections.length + 1, Limits.configurationSubsections, position);
      position = await readSubsection(window, position, configuration, subsections);
      configuration.byteLength = position - byteOffset;
    }
  } catch (error) {
    return { configuration, fault: contentsErrorOf(error) };
  }
  return { configuration };
}

async function checkMachineLength(window: SourceWindow, byteOffset: number): Promise<void> {
  const { value: lengthBytes } = await window.parse(byteOffset, (io) => io.readU4be());
  if (lengthBytes <= Limits.machineNameLengthBytes) return;
  throw new MappedRamError('limit-exceeded', {
    what: 'the name of the machine type is too long',
    byteOffset,
    path: 'configuration.machine',
    expected: `at most ${Limits.machineNameLengthBytes} bytes`,
    actual: lengthBytes,
  });
}

async function readSubsection(
  window: SourceWindow,
  byteOffset: number,
  configuration: Mutable<Configuration>,
  subsections: ConfigurationSubsection[],
): Promise<number> {
  await checkCapabilityCount(window, byteOffset, subsections);
  const { value, endOffset } = await window.parse(
    byteOffset + 1,
    (io) => new MappedRam.ConfigurationSubsection(io),
  );
  const { name, versionId, lenName, body } = value;
  subsections.push({ byteOffset, byteLength: endOffset - byteOffset, name, versionId });
  if (body instanceof MappedRam.Capabilities) {
    // Type byte, length byte, name, version and count stand before the first capability.
    configuration.capabilities = locateNames(body, byteOffset + 10 + lenName);
  } else if (body instanceof MappedRam.Uuid) {
    configuration.uuid = formatUuid(body.value);
  } else if (body instanceof MappedRam.TargetPageBits) {
    configuration.targetPageBits = body.pageBits;
  } else {
    throw new MappedRamError('bad-configuration', {
      what: 'an unknown subsection of the configuration section cannot be skipped',
      byteOffset,
      path: `configuration.subsections[${subsections.length - 1}]`,
      actual: name,
    });
  }
  return endOffset;
}

/** Looks at the count of a list of capabilities before any of them is read. */
async function checkCapabilityCount(
  window: SourceWindow,
  byteOffset: number,
  subsections: ConfigurationSubsection[],
): Promise<void> {
  const { value, endOffset } = await window.parse(byteOffset + 1, (io) => {
    const name = untilNul(String.fromCharCode(...io.readBytes(io.readU1())));
    return name === 'configuration/capabilities'
      ? { name, versionId: io.readU4be(), count: io.readU4be() }
      : undefined;
  });
  if (value === undefined || value.count <= Limits.capabilities) return;
  const { count, ...subsection } = value;
  subsections.push({ byteOffset, byteLength: endOffset - byteOffset, ...subsection });
  throw new MappedRamError('limit-exceeded', {
    what: 'there are too many capabilities',
    byteOffset: endOffset - 4,
    path: 'configuration.capabilities',
    expected: `at most ${Limits.capabilities}`,
    actual: count,
  });
}

function locateNames(body: MappedRam.Capabilities, firstOffset: number): Located<string>[] {
  let byteOffset = firstOffset;
  return body.capabilities.map(({ name, lenName }) => {
    const located = { byteOffset, byteLength: 1 + lenName, value: untilNul(name) };
    byteOffset += located.byteLength;
    return located;
  });
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function checkCount(count: number, limit: number, byteOffset: number): void {
  if (count <= limit) return;
  throw new MappedRamError('limit-exceeded', {
    byteOffset,
    path: 'configuration',
    expected: `at most ${limit}`,
    actual: count,
  });
}
