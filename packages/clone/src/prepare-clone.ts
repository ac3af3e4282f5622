import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isKnownMachine } from '@mapped-ram/facts';
import { formatMigrationUri } from '@mapped-ram/fdset';
import { booleanOption, checkOptions, IGNORE_SHARED_CAPABILITY, nameOption } from '@mapped-ram/format';
import { readClassicStream } from '@mapped-ram/reader';
import { makeFile } from '@mapped-ram/writer/file';
import { inCloneFolder } from './clone-folder.js';
import { type Cloneable, type CloneableOptions, cloneableShapes, withCloneable } from './cloneable.js';
import { type CloneWarning, findHazards } from './file-hazards.js';
import { type BackendNames, backendNames, cloneArguments } from './qemu-arguments.js';
import { writeStateStream } from './state-stream.js';

/** The two files in a clone's folder. */
const STATE_NAME = 'state';
/** Name of the file in a clone's folder that describes it. */
export const CLONE_NAME = 'clone.json';

/** Everything that starts a VM from a snapshot: what `clone.json` holds. */
export interface Clone {
  /** For QEMU: the machine with its memory backend, the objects, and `-incoming defer`. The VM's devices come beside them. */
  readonly qemuArgs: readonly string[];
  /** For `migrate-incoming`. */
  readonly incomingUri: string;
  /** For `migrate-set-capabilities`, before that. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** Ids of the blocks that are mapped. The memory of the others is in the state stream. */
  readonly mappedBlocks: readonly string[];
  /** The snapshot's absolute path. It must neither change nor go away while a VM runs from it. */
  readonly snapshot: string;
  /** Machine type, where the snapshot names one. */
  readonly machine?: string;
  readonly warnings: readonly CloneWarning[];
}

/** How to prepare. */
export interface CloneOptions extends CloneableOptions {
  /** The id that the memory backend of the machine's main RAM shall have; by default, what the block is called. */
  readonly backendId?: string | undefined;
  /** Replace the files of an earlier clone. If not given, they are an error and stay as they are. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Prepares VMs that start from a snapshot without loading its memory: writes the small state stream and `clone.json` into a
 * folder, which is made if it is not there. Any number of VMs can start from one folder. The snapshot is only read.
 *
 * @throws MappedRamError `unsupported` where stale bytes lie under clear bits of a block that would be mapped, where memory
 * is not in the file, or where it cannot be mapped; `unmarked-pages` where pages hold memory that is not marked;
 * `incomplete-save`, `not-restorable`; `target-exists`, `write-failed`; the first problem of a
 * damaged snapshot.
 * @throws RangeError where a wish names a block that is not there or cannot be mapped.
 */
export async function prepareClone(path: string, folder: string, options: CloneOptions = {}): Promise<Clone> {
  checkOptions<CloneOptions>(options, {
    ...cloneableShapes,
    overwrite: booleanOption,
    backendId: nameOption,
  });
  return await withCloneable(path, options, async (cloneable) => {
    const names = backendNames(cloneable.choice, options.backendId);
    const preparation = { ...cloneable, path, names, overwrite: options.overwrite };
    return await inCloneFolder(folder, (realFolder) => write(preparation, realFolder));
  });
}

interface Preparation extends Cloneable {
  readonly path: string;
  readonly names: BackendNames;
  readonly overwrite: boolean | undefined;
}

/** Both files are made, or none: a state without its clone.json is of no use. */
async function write(
  { path, source, snapshot, choice, names, overwrite }: Preparation,
  folder: string,
): Promise<Clone> {
  const realPath = await realpath(path);
  const statePath = join(folder, STATE_NAME);
  const machine = snapshot.configuration?.machine;
  const clone: Clone = {
    qemuArgs: cloneArguments({ path: realPath, machine, names }, choice),
    incomingUri: formatMigrationUri({ path: statePath }),
    capabilities: { [IGNORE_SHARED_CAPABILITY]: true },
    mappedBlocks: choice.mapped.map(({ idstr }) => idstr),
    snapshot: realPath,
    ...(machine !== undefined && { machine }),
    warnings: [...(await findHazards(realPath)), ...machineWarnings(machine)],
  };
  const mapped = new Set(choice.mapped);
  const json = new TextEncoder().encode(`${JSON.stringify(clone, null, 2)}\n`);
  await makeFile(join(folder, CLONE_NAME), { overwrite }, async (target) => {
    await target.write([{ byteOffset: 0, bytes: json }]);
    await makeFile(statePath, { overwrite }, async (state) => {
      await writeStateStream(state, snapshot, source, mapped, { names });
      // A VM that starts from it must find no fault in it. Without a configuration it does not tell how its entries are built.
      if (snapshot.configuration === undefined) return;
      await readClassicStream(await state.written(), { async begin() {}, async pages() {} });
    });
  });
  return clone;
}

function machineWarnings(machine: string | undefined): CloneWarning[] {
  if (isKnownMachine(machine)) return [];
  const message =
    machine === undefined
      ? 'the snapshot names no machine type: it has to be among your own arguments'
      : `whether QEMU leaves the memory of ${machine} alone before it loads was never tried; compare a clone with a restore`;
  return [{ code: 'unknown-machine', message }];
}
