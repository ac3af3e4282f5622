import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { Mutation } from '../builder/mutation.js';
import { Places } from '../builder/places.js';
import { moveBitmap, relayBlocks, repack } from '../builder/relay.js';
import type { Edit } from '../vector/edit.js';
import type { Intact } from './mutator.js';

/** A good file that the fuzzer damages: a capture, as it is or laid out in another way that is as good. */
export interface FuzzBase extends Intact {
  readonly captureId: string;
  readonly streamOffset: number;
  /** From the capture to `image`. */
  readonly edits: readonly Edit[];
}

/** The captures that restore fast, and how often each is taken. */
export const captureWeights = [
  { id: 'qemu-10.0/none', weight: 10 },
  { id: 'qemu-11.1/none', weight: 6 },
  { id: 'qemu-10.0/microvm', weight: 8 },
  { id: 'qemu-11.1/microvm', weight: 3 },
  { id: 'qemu-10.0/odd-size', weight: 2 },
  { id: 'qemu-10.0/offset-aligned', weight: 2 },
  { id: 'qemu-10.0/no-footers', weight: 1 },
  { id: 'qemu-10.0/no-configuration', weight: 1 },
  { id: 'qemu-10.0/uuid', weight: 1 },
  { id: 'qemu-10.0/return-path', weight: 1 },
  { id: 'qemu-11.1/ignore-shared', weight: 1 },
] as const;

type Relay = (m: Mutation) => void;

/** Other layouts of the same memory. */
const relays: readonly { readonly weight: number; readonly lay: Relay }[] = [
  { weight: 6, lay: () => {} },
  { weight: 2, lay: (m) => repack(m, 4096) },
  { weight: 1, lay: (m) => moveBitmap(m, m.block(0), m.block(0).bitmapOffset + 4096) },
  {
    weight: 1,
    lay: (m) => relayBlocks(m, m.model.ramBlocks.map(({ index }) => m.block(index)).reverse()),
  },
];

const bases = new Map<string, Promise<FuzzBase>>();

/** The number of layouts of each capture, with the weight of each. */
export const layoutWeights = relays.map(({ weight }, index) => ({ index, weight }));

/** A capture in one of its layouts; made once. */
export function openFuzzBase(captureId: string, layout: number): Promise<FuzzBase> {
  const key = `${captureId} ${layout}`;
  let base = bases.get(key);
  if (base === undefined) {
    base = layOut(captureId, relays[layout]?.lay ?? (() => {}));
    bases.set(key, base);
  }
  return base;
}

async function layOut(captureId: string, lay: Relay): Promise<FuzzBase> {
  const { streamOffset } = captureInfo(captureId);
  const capture = await loadCapture(captureId);
  const mutation = new Mutation(capture, await openSnapshot(capture, { streamOffset }));
  // A block whose memory is elsewhere cannot be laid out in another way.
  if (mutation.model.ramBlocks.every(({ ignored }) => !ignored)) lay(mutation);
  const { image, edits } = mutation;
  return {
    captureId,
    streamOffset,
    edits,
    image,
    places: new Places(await openSnapshot(image, { streamOffset })),
  };
}
