import type { Container } from '@mapped-ram/reader';
import { isQcow2 } from './recognise-qcow2.js';

/**
 * Disk images with internal snapshots as containers, for `openContained` of `@mapped-ram/reader`.
 *
 * @param snapshot Name or id of the snapshot that is meant; without, opening an image fails and lists those that are there.
 */
export function qcow2Container(snapshot?: string): Container {
  return {
    name: 'disk image (qcow2)',
    recognises: isQcow2,
    async open(source) {
      // Most files are no disk images.
      const { openInternalSnapshot } = await import('./open-qcow2.js');
      return openInternalSnapshot(source, snapshot);
    },
  };
}
