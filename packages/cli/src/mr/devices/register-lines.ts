import type { CpuRegisters, Register } from '@mapped-ram/inspect';
import type { TextStyle } from '../paint.js';

const INDENT = '    ';
const GAP = '  ';

/** Registers of a CPU: those of several parts have a line of their own, of the others as many share one as fit. */
export function registerLines(
  { architecture, registers }: CpuRegisters,
  { paint, columns }: TextStyle,
): string[] {
  const lines = [`  ${paint('label', `registers (${architecture})`)}`];
  for (const group of groupsOf(registers)) {
    const isOne =
      group.length > 1 && group.every(({ name }) => baseOf(name) === baseOf(group[0]?.name ?? ''));
    const nameWidth = isOne ? 0 : Math.max(...group.map(({ name }) => name.length));
    const cells = group.map(({ name, value, bits }) => {
      const digits = value.toString(16).padStart(bits / 4, '0');
      return `${name.padEnd(nameWidth)} ${digits}`;
    });
    const cellWidth = Math.max(...cells.map((cell) => cell.length)) + GAP.length;
    const fitting = Math.max(1, Math.floor((columns - INDENT.length + GAP.length) / cellWidth));
    const perLine = isOne ? cells.length : fitting;
    for (let at = 0; at < cells.length; at += perLine) {
      lines.push(INDENT + cells.slice(at, at + perLine).join(GAP));
    }
  }
  return lines;
}

/** Neighbours that belong in one table: the parts of one register, or registers of one width. */
function groupsOf(registers: readonly Register[]): Register[][] {
  const groups: Register[][] = [];
  for (const [index, register] of registers.entries()) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    const base = baseOf(register.name);
    const startsParts = baseOf(registers[index + 1]?.name ?? '') === base;
    const goesOn =
      before !== undefined &&
      (baseOf(before.name) === base ||
        (before.bits === register.bits && !startsParts && !before.name.includes('.')));
    if (goesOn) last?.push(register);
    else groups.push([register]);
  }
  return groups;
}

/** `cs` of `cs.base`. */
function baseOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}
