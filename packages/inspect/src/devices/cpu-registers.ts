import type { StateNode } from '@mapped-ram/reader';
import { type RegisterLayout, type RegisterSource, registerLayouts } from './register-layouts.js';
import { findState, stateFields } from './state-fields.js';
import { isList } from './state-json.js';

/** A register of a CPU. */
export interface Register {
  /** As QEMU's `info registers` calls it, in lower case: `rax`, `cs.base`, `x0`, `pstate`. */
  readonly name: string;
  /** Unsigned. */
  readonly value: bigint;
  /** Width as it was saved. */
  readonly bits: number;
}

/** The registers of a CPU. */
export interface CpuRegisters {
  readonly architecture: string;
  readonly registers: readonly Register[];
}

/** The bit of an Arm processor state that says it is a 32-bit one. */
const ARM_32_BIT = 0x10n;

/**
 * Reads a CPU's registers out of its decoded state.
 *
 * @param state The state of a device `cpu`.
 * @returns undefined where it is no CPU that this knows.
 */
export function cpuRegisters(state: StateNode): CpuRegisters | undefined {
  const fields = new Map([...stateFields(state)].map(({ path, node }) => [path, node]));
  separateProcessorState(fields);
  const layout = registerLayouts.find(({ marks }) => marks.every((mark) => fields.has(mark)));
  if (layout === undefined) return undefined;
  return { architecture: layout.architecture, registers: registersOf(layout, state, fields) };
}

/** QEMU saves the processor state of both Arm architectures under the name of the 32-bit one's. */
function separateProcessorState(fields: Map<string, StateNode>): void {
  const node = fields.get('cpsr');
  if (node === undefined) return;
  const [processorState = 0n] = unsignedParts(node);
  if ((processorState & ARM_32_BIT) === 0n) fields.set('pstate', node);
}

function registersOf(
  { sources }: RegisterLayout,
  state: StateNode,
  fields: ReadonlyMap<string, StateNode>,
): Register[] {
  return sources.flatMap((source) => {
    const node = fields.get(source.path) ?? (source.joined && findState(state, source.path));
    return node === undefined ? [] : registersIn(source, node);
  });
}

function registersIn({ names, joined }: RegisterSource, node: StateNode): Register[] {
  const parts = unsignedParts(node);
  const bits = (node.lengthBytes * 8) / parts.length;
  if (joined) {
    const value = parts.reduceRight((whole, part) => (whole << BigInt(bits)) | part, 0n);
    return [{ name: String(names), value, bits: node.lengthBytes * 8 }];
  }
  const nameOf = (index: number) => (typeof names === 'string' ? names : names[index]);
  return parts.flatMap((value, index) => {
    const name = nameOf(index);
    return name === undefined ? [] : [{ name, value, bits }];
  });
}

/** The integers of a field or a struct, without sign; bytes are one big-endian integer. */
function unsignedParts({ value, lengthBytes, children }: StateNode): bigint[] {
  if (children !== undefined) return children.flatMap(unsignedParts);
  if (value instanceof Uint8Array) return [value.reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n)];
  const elements = isList(value) ? value : [value];
  const bits = (lengthBytes * 8) / elements.length;
  return elements.map((element) => BigInt.asUintN(bits, typeof element === 'bigint' ? element : 0n));
}
