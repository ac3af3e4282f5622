import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { Mutation } from '../builder/mutation.js';
import { Places } from '../builder/places.js';
import { moveBitmap, relayBlocks, repack } from '../builder/relay.js';
import type { FuzzBase, FuzzForm } from './base.js';
import { fieldMutators } from './field-mutators.js';
import { fileMutators } from './file-mutators.js';
import { memoryMutators } from './memory-mutators.js';
import { pieceMutators } from './piece-mutators.js';
import type { Random } from './random.js';
import { classicWeights, diskKinds, openClassicBase, openDiskBase } from './stream-bases.js';

/** The captures that restore fast, and how often each is taken. */
const captureWeights = [
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

/** What can be done to a mapped-ram file. */
const mutators = [...fieldMutators, ...pieceMutators, ...memoryMutators, ...fileMutators];

const bases = new Map<string, Promise<FuzzBase>>();

/** The number of layouts of each capture, with the weight of each. */
const layoutWeights = relays.map(({ weight }, index) => ({ index, weight }));

/** Chooses a base of a form; each is made once. */
export function pickBase(form: FuzzForm, random: Random): Promise<FuzzBase> {
  if (form === 'classic') {
    const { id } = random.pickWeighted(classicWeights);
    return once(`classic ${id}`, () => openClassicBase(id));
  }
  if (form === 'qcow2') {
    const kind = random.pickWeighted(diskKinds);
    return once(`qcow2 ${diskKinds.indexOf(kind)}`, () => openDiskBase(kind));
  }
  const { id } = random.pickWeighted(captureWeights);
  const { index } = random.pickWeighted(layoutWeights);
  return once(`${id} ${index}`, () => layOut(id, relays[index]?.lay ?? (() => {})));
}

function once(key: string, make: () => Promise<FuzzBase>): Promise<FuzzBase> {
  let base = bases.get(key);
  if (base === undefined) {
    base = make();
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
    ...{ form: 'mapped-ram', captureId, streamOffset, edits, image, mutators },
    places: new Places(await openSnapshot(image, { streamOffset })),
  };
}
