import type { StateNode } from '@mapped-ram/reader';

/** A field of a device's state that has a value of its own. */
export interface StateField {
  /**
   * Names from the device down, joined by dots: `env.segs[0].base`, `cpu/vfp.env.vfp.zregs[0].d`. Where a struct has
   * several fields of one name, the second one is `name#2`.
   */
  readonly path: string;
  readonly node: StateNode;
}

/** The fields of a device's state, in the order of the stream. */
export function* stateFields(state: StateNode): Generator<StateField, void, undefined> {
  yield* fieldsBelow(state, '');
}

function* fieldsBelow(parent: StateNode, prefix: string): Generator<StateField, void, undefined> {
  for (const [name, node] of namedChildren(parent)) {
    if (node.children === undefined) yield { path: prefix + name, node };
    else yield* fieldsBelow(node, `${prefix}${name}.`);
  }
}

/** The parts of a state with names that tell them apart. */
function* namedChildren({ children = [] }: StateNode): Generator<[name: string, node: StateNode]> {
  const seen = new Map<string, number>();
  for (const node of children) {
    const count = (seen.get(node.name) ?? 0) + 1;
    seen.set(node.name, count);
    yield [count === 1 ? node.name : `${node.name}#${count}`, node];
  }
}

/**
 * The part of a device's state that a path names: a field, or a struct with all that is in it.
 *
 * @returns undefined where there is none.
 */
export function findState(state: StateNode, path: string): StateNode | undefined {
  for (const [name, node] of namedChildren(state)) {
    if (path === name) return node;
    // Names have dots in them, so the first one that fits need not be the one that is meant.
    const found = path.startsWith(`${name}.`) ? findState(node, path.slice(name.length + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
