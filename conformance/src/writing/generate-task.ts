import { captureInfo, loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import { openSnapshot, type RamBlock, type Section, type Snapshot } from '@mapped-ram/reader';
import type { Destination, WantedConfiguration } from '../protocol/messages.js';
import { destinationOf } from '../run/vector-case.js';
import { blockOf, type TaskDefinition } from './define.js';
import { blockMemory } from './task-memory.js';
import type { MemoryPiece, TaskBlock, WritingTask } from './writing-task.js';

/** Makes a task from its definition. */
export async function generateTask(definition: TaskDefinition): Promise<WritingTask> {
  const { id, what, why, clauses, base, streamOffset, ram } = definition;
  const info = captureInfo(base);
  const image = await loadCapture(base);
  const snapshot = await openSnapshot(image, { streamOffset: info.streamOffset });
  const blocks = await Promise.all(
    snapshot.ramBlocks.map((block) =>
      ram === undefined ? savedBlock(snapshot, block) : blockOf(block.idstr, ram),
    ),
  );
  return {
    ...{ $schema: '../schema/writing-task.schema.json', id, what, why, clauses, base },
    ...(streamOffset !== undefined && { streamOffset }),
    configuration: configurationOf(snapshot),
    ...ramSectionOf(snapshot),
    blocks,
    destination: ram === undefined ? destinationOf(base) : withRam(destinationOf(base), blocks, image),
    restoredBy: Object.keys(info.restoreResults).filter(
      (version) => info.restoreResults[version]?.verdict === 'restores',
    ),
    expected: {
      blocks: blocks.map((block) => ({
        ...{ id: block.id, usedLength: block.usedLength, pageSize: block.pageSize },
        sha256: blockMemory(block, image).sha256(),
      })),
    },
  };
}

async function savedBlock(snapshot: Snapshot, block: RamBlock): Promise<TaskBlock> {
  const { idstr, usedLength, pageSize, guestPhysicalAddress, ignored, pagesOffset } = block;
  const memory: MemoryPiece[] = [];
  if (!ignored) {
    for await (const batch of snapshot.pages(block)) {
      for (const { firstPage, pageCount } of batch) {
        const offset = firstPage * pageSize;
        memory.push({ offset, lengthBytes: pageCount * pageSize, baseOffset: pagesOffset + offset });
      }
    }
  }
  return {
    ...{ id: idstr, usedLength, pageSize },
    ...(guestPhysicalAddress !== undefined && { guestPhysicalAddress: Number(guestPhysicalAddress) }),
    ...(ignored && { ignored }),
    memory,
  };
}

function configurationOf({ configuration }: Snapshot): WantedConfiguration {
  if (configuration === undefined) throw new RangeError('the base has no configuration section');
  const { machine, capabilities = [], targetPageBits, uuid } = configuration;
  return {
    machine,
    capabilities: capabilities.map(({ value }) => value),
    ...(targetPageBits !== undefined && { targetPageBits }),
    ...(uuid !== undefined && { uuid }),
  };
}

/** The ram section's id, and what follows its last footer. */
function ramSectionOf({ sections, endOffset }: Snapshot): Pick<WritingTask, 'ramSectionId' | 'rest'> {
  const start = sections.find((section) => section.kind === 'start' && section.idstr === RAM_SECTION_IDSTR);
  const end = sections.find((section) => section.kind === 'end');
  if (start?.kind !== 'start' || end?.kind !== 'end' || !isPlain(sections, start.sectionId)) {
    throw new RangeError('the base has other sections before the end of ram, or no ram');
  }
  const footer = end.footer;
  if (footer === undefined) throw new RangeError('the base has no footers');
  const baseOffset = footer.byteOffset + footer.byteLength;
  return { ramSectionId: start.sectionId, rest: { baseOffset, lengthBytes: endOffset - baseOffset } };
}

/** Whether no other section than ram is saved in parts. */
function isPlain(sections: readonly Section[], ramSectionId: number): boolean {
  return sections.every(
    (section) => section.kind === 'command' || section.kind === 'full' || section.sectionId === ramSectionId,
  );
}

/** The destination with a memory of another size, and what it holds after a good restore. */
function withRam(destination: Destination, blocks: readonly TaskBlock[], image: SparseImage): Destination {
  const [block] = blocks;
  const [file, ...others] = destination.memory;
  if (block === undefined || blocks.length !== 1 || file === undefined || others.length > 0) {
    throw new RangeError('the base has more memory than one block in a file');
  }
  const { usedLength } = block;
  const args = destination.args.map((arg) =>
    arg
      .replace(/(^memory-backend-file,.*\bsize=)\d+/, `$1${usedLength}`)
      .replace(/^size=\w+$/, `size=${usedLength / 1024}k`),
  );
  return { ...destination, args, memory: [{ name: file.name, sha256: blockMemory(block, image).sha256() }] };
}
