import { findDevice, type OpeningSection, type Snapshot } from '@mapped-ram/reader';

/**
 * The name of the state in a section, without the device's place on its bus: `virtio-net` of `0000:00:03.0/virtio-net`. The
 * vmdescription gives it; without one it is what follows the place.
 */
export function stateNameOf(
  { vmdescription }: Pick<Snapshot, 'vmdescription'>,
  section: OpeningSection,
): string {
  const { idstr, instanceId } = section;
  const described = vmdescription?.json && findDevice(vmdescription.json, idstr, instanceId)?.vmsd_name;
  return described ?? idstr.replace(PLACE, '');
}

/** A place on virtio-mmio or a channel, a path of PCI slots (`0000:00:01.0:00.0/`), of USB ports or SCSI targets in front of the state's name. */
const PLACE =
  /^(virtio-mmio@[0-9a-f]+\/|\/?[0-9a-f]{1,2}\.[0-9a-f]\.[0-9a-f]{4}\/|[0-9a-f]{4}:[0-9a-f:.]+\/)?([0-9.:]+\/)*/;
