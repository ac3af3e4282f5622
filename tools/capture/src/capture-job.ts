import type { CaptureInfo } from '@mapped-ram/fixtures';
import { LIBVIRT_IMAGES, makeLibvirtCapture } from './libvirt-images.js';
import { makeCapture } from './make-capture.js';
import { RECIPES } from './recipes.js';

/** One capture that can be made again. */
export interface CaptureJob {
  readonly id: string;
  /** Makes and stores it. */
  make(): Promise<CaptureInfo>;
}

/** All captures that there are, in a fixed order. */
export const CAPTURE_JOBS: readonly CaptureJob[] = [
  ...RECIPES.flatMap((recipe) =>
    recipe.versions.map((version) => ({
      id: `qemu-${version}/${recipe.name}`,
      make: () => makeCapture(recipe, version),
    })),
  ),
  ...LIBVIRT_IMAGES.map((image) => ({
    id: `libvirt-11.3/${image.name}`,
    make: () => makeLibvirtCapture(image),
  })),
];
