import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaptureInfo, type CaptureMachine, SparseImage, storeCapture } from '@mapped-ram/fixtures';
import { launchQemu, type QemuVersion, type QemuVm, saveMappedRam } from '@mapped-ram/tool-qemu';
import { idleFirmware, patternImage } from './pattern.js';
import type { Machine, MemoryFile, Recipe, SaveContext } from './recipe.js';
import { restoreEverywhere } from './try-restore.js';

interface Saved {
  readonly image: SparseImage;
  readonly qemu: string;
  readonly machine: CaptureMachine;
}

/**
 * Makes a capture by recipe: saves it from a QEMU of that version, restores it into every version that has the machine, and
 * stores it with what came out.
 * @throws Error when the recipe is wrong about what QEMU does with the file; nothing is stored then
 */
export async function makeCapture(recipe: Recipe, version: QemuVersion): Promise<CaptureInfo> {
  const scratch = await mkdtemp(join(tmpdir(), 'mapped-ram-capture-'));
  try {
    const path = join(scratch, 'snapshot.mr');
    const saved = await save(recipe, version, path);
    const restoreResults = await restoreEverywhere(saved.machine, path, {
      streamOffset: recipe.streamOffset ?? 0,
      capabilities: recipe.restoreCapabilities ?? [],
      prepare: (folder) => prepareShared(recipe.machine(version), folder),
    });
    const good = recipe.good ?? true;
    if ((restoreResults[version]?.verdict === 'restores') !== good) {
      throw new Error(`should ${good ? '' : 'not '}restore, but: ${JSON.stringify(restoreResults)}`);
    }
    return await storeCapture(
      {
        id: `qemu-${version}/${recipe.name}`,
        what: recipe.what,
        qemu: saved.qemu,
        machine: saved.machine,
        capabilities: recipe.capabilities ?? [],
        parameters: recipe.parameters ?? {},
        steps: recipe.steps ?? ['start QEMU stopped, with the pattern in its memory', 'save'],
        streamOffset: recipe.streamOffset ?? 0,
        good,
        restoreCapabilities: recipe.restoreCapabilities ?? [],
        restoreResults,
      },
      saved.image,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function save(recipe: Recipe, version: QemuVersion, path: string): Promise<Saved> {
  const machine = recipe.machine(version);
  const vm = await launchQemu({
    version,
    target: machine.target,
    args: [...machine.args, '-S'],
    prepare: (folder) => prepareFiles(machine, recipe, folder),
    ...(recipe.memoryFolder === undefined ? {} : { parentFolder: recipe.memoryFolder }),
  });
  try {
    const uri = `file:${path}${recipe.streamOffset === undefined ? '' : `,offset=${recipe.streamOffset}`}`;
    const { capabilities = [], parameters = {}, save: saveAsRecipe = saveCompletely } = recipe;
    if (recipe.refillMemory) await refillMemory(machine, vm.folder);
    await saveAsRecipe({ vm, settings: { uri, capabilities, parameters } });
    return {
      image: await SparseImage.fromFile(path),
      qemu: versionText(vm),
      machine: { ...machine, memory: await describeMemory(machine, vm.folder) },
    };
  } finally {
    await vm.kill();
  }
}

/** What a recipe does that says nothing of it. */
async function saveCompletely({ vm, settings }: SaveContext): Promise<void> {
  const outcome = await saveMappedRam(vm, settings);
  if (outcome.kind !== 'completed') throw new Error(`the save: ${JSON.stringify(outcome)}`);
}

function versionText({ qmp }: QemuVm): string {
  const { major, minor, micro, package: distributor } = qmp.greeting.version;
  return `QEMU ${major}.${minor}.${micro} (${distributor})`;
}

function memoryImages({ memory }: Machine): (readonly [MemoryFile, SparseImage])[] {
  return memory.map((file, index) => [file, patternImage(file.sizeBytes, index, file.patternPages)]);
}

async function prepareFiles(machine: Machine, { firmware }: Recipe, folder: string): Promise<void> {
  for (const [{ name }, image] of memoryImages(machine)) await image.writeTo(join(folder, name));
  for (const { name, sizeBytes } of machine.files) {
    await writeFile(join(folder, name), firmware ?? idleFirmware(sizeBytes));
  }
}

/** Writes into the files as they are: cutting a file that QEMU has mapped would end QEMU. */
async function refillMemory(machine: Machine, folder: string): Promise<void> {
  for (const [{ name, sizeBytes }, image] of memoryImages(machine)) {
    await writeFile(join(folder, name), image.bytes(0, sizeBytes), { flag: 'r+' });
  }
}

async function describeMemory(machine: Machine, folder: string): Promise<CaptureMachine['memory']> {
  const described: CaptureMachine['memory'][number][] = [];
  for (const { name, sizeBytes, inSnapshot = true } of machine.memory) {
    const sha256 = (await SparseImage.fromFile(join(folder, name))).sha256();
    described.push({ name, sizeBytes, sha256, inSnapshot });
  }
  return described;
}

/** What x-ignore-shared leaves out of the snapshot is there already when the destination starts. */
async function prepareShared(machine: Machine, folder: string): Promise<void> {
  for (const [{ name, inSnapshot = true }, image] of memoryImages(machine)) {
    if (!inSnapshot) await image.writeTo(join(folder, name));
  }
}
