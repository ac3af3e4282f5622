import type { ByteSource, Section, StreamModel } from '@mapped-ram/reader';

/** A be32 and the state's name in a buffer (QEMU 2.4 to 11.1, migration/global_state.c, `vmstate_globalstate`). */
const STATE_OFFSET = 4;
const STATE_BYTES = 100;

/**
 * What the machine was doing when the save came to its end, in QEMU's words: `running`, `paused`, `prelaunch`. A guest that ran
 * during its save is `running`, since QEMU writes it down before it stops the guest for the last round (migration/migration.c,
 * `migration_stop_vm`).
 *
 * @returns undefined where the stream does not tell: machine types before 2.4, and `store-global-state=off`.
 * @throws MappedRamError `read-failed`.
 */
export async function readRunState(
  { sections }: Pick<StreamModel, 'sections'>,
  source: ByteSource,
): Promise<string | undefined> {
  const section = sections.find(isGlobalState);
  if (section === undefined || section.bodyLengthBytes < STATE_OFFSET + STATE_BYTES) return undefined;
  const bytes = new Uint8Array(STATE_BYTES);
  await source.read(bytes, section.bodyOffset + STATE_OFFSET);
  const end = bytes.indexOf(0);
  const text = new TextDecoder('latin1').decode(end < 0 ? bytes : bytes.subarray(0, end));
  return /^[a-z][a-z-]*$/.test(text) ? text : undefined;
}

function isGlobalState(section: Section): boolean {
  return section.kind === 'full' && section.idstr === 'globalstate';
}
