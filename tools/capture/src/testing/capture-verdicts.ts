import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { type FileReport, lintSource } from '@mapped-ram/lint';
import { openSnapshot } from '@mapped-ram/reader';
import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { patternImage } from '../pattern.js';
import { tryRestore } from '../try-restore.js';

/** What the linter predicts for a capture, and what QEMU does with it. */
export interface CaptureVerdicts {
  readonly report: FileReport;
  /** As the linter words it: what hangs counts as a crash, a machine that this QEMU does not have as refused. */
  readonly seen: FileReport['verdict'];
  /** QEMU's words. */
  readonly text?: string;
}

/** Has a capture judged, and restores it in a QEMU that was started as the one that saved it. */
export async function verdictsOfCapture(id: string, version: QemuVersion): Promise<CaptureVerdicts> {
  const { machine, streamOffset, restoreCapabilities } = captureInfo(id);
  const image = await loadCapture(id);
  const { ramLayout, libvirt } = await openSnapshot(image, { tolerant: true });
  // libvirt goes by its header, even where that is wrong: 6 is a sparse image, and the others are classic.
  const isClassic = libvirt === undefined ? ramLayout === 'classic' : libvirt.format !== 6;
  const report = await lintSource(image, { qemu: version, streamOffset });
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-verdict-'));
  try {
    const path = join(folder, 'capture.mr');
    await image.writeTo(path);
    const result = await tryRestore(version, machine, path, {
      streamOffset,
      capabilities: restoreCapabilities,
      isClassic,
      // Memory that is not in the file is there already.
      prepare: async (place) => {
        for (const [index, { name, sizeBytes, inSnapshot }] of machine.memory.entries()) {
          if (!inSnapshot) await patternImage(sizeBytes, index).writeTo(join(place, name));
        }
      },
    });
    if (result === undefined) return { report, seen: 'refused', text: 'unsupported machine type' };
    const { verdict, text } = result;
    return { report, seen: verdict === 'hangs' ? 'crashes' : verdict, ...(text !== undefined && { text }) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
