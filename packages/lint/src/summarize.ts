import { commands } from '@mapped-ram/format';
import type { ClassicBlockPages, Section } from '@mapped-ram/reader';
import type { LintContext } from './context.js';
import type { ClassicBlockSummary, SectionSummary, SnapshotSummary } from './report.js';

/** The report's picture of what the file holds; null where no stream was found. */
export function summarize({ snapshot, blocks }: LintContext): SnapshotSummary | null {
  if (snapshot.streamVersion === undefined) return null;
  return {
    streamOffset: snapshot.streamOffset,
    machine: snapshot.configuration?.machine ?? null,
    capabilities: snapshot.configuration?.capabilities?.map(({ value }) => value) ?? [],
    pageSize: snapshot.classic?.pageSize ?? snapshot.ramBlocks[0]?.pageSize ?? null,
    blocks: blocks.map(({ block, bitmap }) => ({
      id: block.idstr,
      usedLength: block.usedLength,
      bitmapOffset: block.bitmapOffset,
      pagesOffset: block.pagesOffset,
      pages: block.pageCount,
      setPages: block.ignored ? 0 : (bitmap?.setPages ?? null),
    })),
    ...(snapshot.classic !== undefined && {
      classicBlocks: snapshot.classic.blocks.map(summarizeClassicBlock),
    }),
    sections: snapshot.sections.map(summarizeSection),
  };
}

function summarizeClassicBlock({
  idstr,
  usedLength,
  pageCount,
  storedPages,
}: ClassicBlockPages): ClassicBlockSummary {
  return { id: idstr, usedLength, pages: pageCount, storedPages };
}

function summarizeSection(section: Section): SectionSummary {
  const { kind, byteOffset } = section;
  if (section.kind === 'command') {
    return { kind, id: section.command, name: commands.get(section.command)?.name ?? '', byteOffset };
  }
  return { kind, id: section.sectionId, name: section.idstr ?? '', byteOffset };
}
