import type { Random } from './random.js';
import { Layout, NODES, type SyntheticMemoryMap, type SyntheticRun } from './synthetic-memory-map.js';

/** A change to a memory map or its lists, after which they disagree. */
export interface Damage {
  readonly name: string;
  /** @returns The zone of which nothing may be dropped any more; undefined where nothing could be damaged, or no zone alone is hit */
  apply(map: SyntheticMemoryMap, random: Random): number | undefined;
}

function ofRun(
  name: string,
  change: (map: SyntheticMemoryMap, run: SyntheticRun, random: Random) => void,
): Damage {
  return {
    name,
    apply(map, random) {
      if (map.runs.length === 0) return undefined;
      const run = random.pick(map.runs);
      change(map, run, random);
      return run.zone;
    },
  };
}

/** A page comes into use: it is no longer free, whatever is said of it elsewhere. */
function takeIntoUse(map: SyntheticMemoryMap, { frame, order }: SyntheticRun): void {
  for (let page = frame; page < frame + 2 ** order; page++) map.used[page] = 1;
}

function bumpCount(map: SyntheticMemoryMap, { zone, order }: SyntheticRun, by: bigint): void {
  const at = map.countOffset(zone, order);
  map.nodes.setBigUint64(at, BigInt.asUintN(64, map.nodes.getBigUint64(at, true) + by), true);
}

/** Each kind of damage that a stopped processor, a bug or an attacker can leave. */
export const DAMAGES: readonly Damage[] = [
  ofRun('a list leads to itself', (map, { frame }) => map.setNext(frame, map.link(frame))),
  ofRun('a list leads to another page', (map, { frame }, random) => {
    const other = random.pick(
      map.runs.filter((run) => run.frame !== frame).concat({ frame: 0 } as SyntheticRun),
    );
    map.setNext(frame, map.next(frame) === map.link(other.frame) ? 0n : map.link(other.frame));
  }),
  ofRun('a pointer leads back to another place', (map, { frame }) =>
    map.setPrevious(frame, map.previous(frame) ^ 0x40n),
  ),
  ofRun('a pointer leads to nowhere', (map, { frame }, random) =>
    map.setNext(frame, BigInt(random.below(2 ** 31)) << 30n),
  ),
  ofRun('a run has another order', (map, { frame, order }, random) =>
    map.setOrder(frame, (order + 1 + random.below(Layout.orders - 1)) % Layout.orders),
  ),
  ofRun('a run has an order that cannot be', (map, { frame }, random) =>
    map.setOrder(frame, Layout.orders + random.below(2 ** 20)),
  ),
  ofRun('a page in a run is in use', (map, run, random) => {
    const page = run.frame + random.below(2 ** run.order);
    map.setRefcount(page, 1);
    map.used[page] = 1;
  }),
  ofRun('a listed page is not free by the memory map', (map, run) => {
    map.setMapcount(run.frame, -1);
    map.setRefcount(run.frame, 1);
    takeIntoUse(map, run);
  }),
  ofRun('a run was just taken out of its list', (map, run) => {
    const { frame } = run;
    unlink(map, frame);
    bumpCount(map, run, -1n);
    takeIntoUse(map, run);
  }),
  ofRun('a run was just taken out, and is still counted', (map, run) => {
    unlink(map, run.frame);
    map.setMapcount(run.frame, -1);
    map.setRefcount(run.frame, 1);
    takeIntoUse(map, run);
  }),
  ofRun('only one neighbour knows that a run is gone', (map, run) => {
    setNeighbour(map, map.previous(run.frame), map.next(run.frame), 0);
    map.setMapcount(run.frame, -1);
    map.setRefcount(run.frame, 1);
    bumpCount(map, run, -1n);
    takeIntoUse(map, run);
  }),
  ofRun('the count is off', (map, run, random) => bumpCount(map, run, random.below(2) === 0 ? 1n : -1n)),
  {
    name: 'a page in use says that it is free',
    apply(map, random) {
      const used = [...map.used.keys()].filter((frame) => map.used[frame] === 1);
      if (used.length === 0) return undefined;
      const frame = random.pick(used);
      map.markFree(frame);
      map.setOrder(frame, 0);
      if (random.below(2) === 0) map.setRefcount(frame, 0);
      return map.zones.findIndex(
        ({ firstFrame, frames }) => frame >= firstFrame && frame < firstFrame + frames,
      );
    },
  },
  {
    name: 'a run is in the list of another zone',
    apply(map, random) {
      const [run] = random.shuffled(map.runs);
      const other = random.below(map.zones.length);
      if (run === undefined || other === run.zone) return undefined;
      unlink(map, run.frame);
      bumpCount(map, run, -1n);
      const offset = map.listOffset(other, run.order, 0);
      const end = NODES + BigInt(offset);
      const first = map.nodes.getBigUint64(offset, true);
      map.nodes.setBigUint64(offset, map.link(run.frame), true);
      map.setNext(run.frame, first);
      map.setPrevious(run.frame, end);
      setNeighbour(map, first, map.link(run.frame), 8);
      bumpCount(map, { ...run, zone: other }, 1n);
      return other;
    },
  },
];

/** Damage of which nothing is known but that no page in use may be dropped: bits that are flipped anywhere. */
export function flipBits(map: SyntheticMemoryMap, random: Random): void {
  for (let flips = 1 + random.below(6); flips > 0; flips--) {
    const view = random.below(2) === 0 ? map.pages : map.nodes;
    const at = random.below(view.byteLength);
    view.setUint8(at, view.getUint8(at) ^ (1 << random.below(8)));
  }
}

function unlink(map: SyntheticMemoryMap, frame: number): void {
  const [next, previous] = [map.next(frame), map.previous(frame)];
  setNeighbour(map, previous, next, 0);
  setNeighbour(map, next, previous, 8);
}

/** Sets a pointer of what a pointer leads to: a page or a list. @param at 0 for the next, 8 for the previous */
function setNeighbour(map: SyntheticMemoryMap, neighbour: bigint, value: bigint, at: 0 | 8): void {
  const inNodes = Number(neighbour - NODES);
  if (inNodes >= 0 && inNodes < map.nodes.byteLength) map.nodes.setBigUint64(inNodes + at, value, true);
  else {
    const frame = Number(neighbour - map.link(0)) / Layout.pageBytes;
    if (at === 0) map.setNext(frame, value);
    else map.setPrevious(frame, value);
  }
}
