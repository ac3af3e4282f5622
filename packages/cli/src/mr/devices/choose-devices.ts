import { deviceSections, type SnapshotFile } from '@mapped-ram/inspect';
import type { OpeningSection } from '@mapped-ram/reader';
import { didYouMean } from '../../shared/nearest.js';
import { UsageError } from '../../shared/usage-error.js';
import type { DevicesRequest } from './request.js';

/**
 * The sections of the devices that are asked for, in the order of the stream.
 *
 * @throws UsageError where there is none of that name or number.
 */
export function chooseDevices(
  { snapshot }: SnapshotFile,
  { name, instanceId }: Pick<DevicesRequest, 'name' | 'instanceId'>,
): OpeningSection[] {
  const all = deviceSections(snapshot);
  const named = name === undefined ? all : all.filter(({ idstr }) => idstr === name);
  if (name !== undefined && named.length === 0) {
    const meant = didYouMean(
      name,
      all.map(({ idstr }) => idstr),
    );
    throw new UsageError(`there is no device ${JSON.stringify(name)}${meant} (--list names all)`);
  }
  if (instanceId === undefined) return named;
  const chosen = named.filter((section) => section.instanceId === instanceId);
  if (chosen.length > 0) return chosen;
  const instances = named.map((section) => section.instanceId).join(', ');
  throw new UsageError(`${name} has no instance ${instanceId}: choose ${instances}`);
}
