import type { LibvirtSaveHeader, Snapshot } from '@mapped-ram/reader';
import {
  isCompressedFormat,
  LIBVIRT_RAW_FORMAT,
  LIBVIRT_SPARSE_FORMAT,
  libvirtFormats,
} from '../../facts/libvirt-formats.js';
import type { Rule, RuleMatch } from '../../rule.js';

/** What is wrong with the format's number, if anything, and what comes of it. */
function fault(
  { format }: LibvirtSaveHeader,
  layout: Snapshot['ramLayout'],
): Pick<RuleMatch, 'message' | 'behaviour'> | undefined {
  const name = libvirtFormats[format];
  if (name === undefined) {
    const says = `libvirt: \`unsupported save image format: ${format}\`. QEMU is not started.`;
    return {
      message: `The libvirt header gives format ${format}, which does not exist.`,
      behaviour: { outcome: 'refused', says },
    };
  }
  if (format === LIBVIRT_SPARSE_FORMAT && layout === 'classic') {
    return { message: 'The libvirt header says sparse (6), but the stream behind it is a classic one.' };
  }
  if (format !== LIBVIRT_RAW_FORMAT && layout === 'classic') {
    return {
      message: `The libvirt header says ${name} (${format}), but the stream behind it is not compressed.`,
      behaviour: {
        outcome: 'refused',
        says: `libvirt gives the stream to ${name}, which cannot decompress it.`,
      },
    };
  }
  if (format !== LIBVIRT_SPARSE_FORMAT && layout === 'mapped-ram') {
    return {
      message: `The libvirt header says ${name} (${format}), but the stream behind it is a mapped-ram one.`,
      behaviour: isCompressedFormat(format)
        ? {
            outcome: 'crashes',
            says: `virsh hangs: the program that unpacks ${name} ends at once, and libvirt waits for QEMU, which waits for the stream.`,
          }
        : {
            outcome: 'refused',
            says: 'libvirt does not turn the capability on; QEMU: `Failed to validate capabilities`.',
          },
    };
  }
  return undefined;
}

export const libvirtFormatRule: Rule = {
  id: 'libvirt-format',
  title: 'The format in the libvirt header is not that of the stream',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONTAINER-7', 'CONFIG-10'],
  description: `The format field tells libvirt how to hand the stream to QEMU; 6, sparse, means that it turns the
capability \`mapped-ram\` on. External snapshots that libvirt writes with \`snapshot_image_format = "sparse"\` say 6
over a classic stream, and so cannot be restored as they are. Only the capability list of the stream itself tells.

The prediction is about a restore through libvirt (11.3 and 12.9 were run).`,
  qemu: [
    {
      outcome: 'refused',
      says: 'libvirt turns mapped-ram on; QEMU: `Failed to validate capabilities`.',
    },
  ],
  remedy:
    'Have mr repair write the number that fits the stream into the header: 0 for a classic one, 6 for a mapped-ram one. With mr convert a classic stream becomes a mapped-ram one.',
  *check({ snapshot }) {
    const { libvirt, ramLayout } = snapshot;
    if (libvirt === undefined) return;
    const found = fault(libvirt, ramLayout);
    if (found === undefined) return;
    yield {
      ...found,
      span: { byteOffset: libvirt.byteOffset + 28, byteLength: 4 },
      where: 'libvirt.format',
      actual: String(libvirt.format),
    };
  },
};
