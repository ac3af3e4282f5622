/**
 * Something that was mended:
 *
 * - `bitmaps`: they did not mark pages that hold data, and do now;
 * - `ram-end`: the section that ends the ram state was missing;
 * - `end-marker`: the byte that ends the stream was missing;
 * - `vmdescription`: it was damaged, and is left out;
 * - `libvirt-complete`: libvirt's header said that the image is incomplete;
 * - `libvirt-format`: libvirt's header named another format than the stream has;
 * - `libvirt-version`: libvirt's header had a version that libvirt does not take;
 * - `libvirt-cookie`: libvirt's header had its cookie outside of the data;
 * - `virtio-rings`: rings of virtio queues were longer than the queues of the QEMU that the file is for.
 */
export type RepairKind =
  | 'bitmaps'
  | 'ram-end'
  | 'end-marker'
  | 'vmdescription'
  | 'libvirt-complete'
  | 'libvirt-format'
  | 'libvirt-version'
  | 'libvirt-cookie'
  | 'virtio-rings';

/** Something that was mended, and in words what was done. */
export interface Repair {
  readonly kind: RepairKind;
  readonly message: string;
}

/** What a repair did. */
export interface RepairReport {
  readonly repairs: readonly Repair[];
  /** What the file does not tell, so that nobody can know whether it is as it was saved. */
  readonly unknowns: readonly string[];
  /** What to mind before the file is restored. */
  readonly warnings: readonly string[];
  readonly sizeBytes: number;
}
