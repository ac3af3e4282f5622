import type { StateNode } from '@mapped-ram/reader';
import { printable } from '../../shared/printable.js';
import { formatCount, formatOffset } from '../../shared/quantities.js';
import { padRight, textWidth } from '../../shared/text-width.js';
import { wrap } from '../../shared/wrap.js';
import { valueText } from '../device-text/value-text.js';
import type { TextStyle } from '../paint.js';
import { registerLines } from './register-lines.js';
import { isUnexplained, type ShownDevice } from './shown-device.js';

/** How to show a device. */
export interface StateTextStyle extends TextStyle {
  /** Every byte, and every element though it is like the one before. */
  readonly full: boolean;
}

/** A device's heading, registers and state as a tree, a field a line. Ends with a newline. */
export function deviceText(device: ShownDevice, style: StateTextStyle): string {
  const { name, instanceId, versionId, lengthBytes, byteOffset, state, registers } = device;
  const place = `version ${versionId}, ${formatCount(lengthBytes, 'byte')} at ${formatOffset(byteOffset)}`;
  const lines = [`${style.paint('heading', `${printable(name)} ${instanceId}`)}: ${place}`];
  if (registers !== undefined) lines.push(...registerLines(registers, style));
  if (state !== undefined) lines.push(...treeLines(state.children ?? [state], style, '  '));
  if (isUnexplained(device)) lines.push('  nothing describes it; --described-by may help');
  return lines.map((line) => `${line}\n`).join('');
}

function treeLines(nodes: readonly StateNode[], style: StateTextStyle, indent: string): string[] {
  const nameWidth = Math.max(
    ...nodes.filter(({ children }) => !children).map(({ name }) => textWidth(printable(name))),
    0,
  );
  const lines: string[] = [];
  let previous: { base: string; body: string } | undefined;
  let repeated = 0;
  const endRepetition = () => {
    if (repeated > 0) lines.push(`${indent}${style.paint('label', `... ${repeated} more like it`)}`);
    repeated = 0;
  };
  for (const node of nodes) {
    const body = node.children === undefined ? '' : treeLines(node.children, style, `${indent}  `).join('\n');
    const isElement = node.children !== undefined && node.name.endsWith(']');
    const base = node.name.replace(/\[\d+\]$/, '');
    if (!style.full && isElement && previous?.base === base && previous.body === body) {
      repeated++;
      continue;
    }
    endRepetition();
    previous = isElement ? { base, body } : undefined;
    const name = printable(node.name);
    const type = style.paint('label', printable(node.type));
    if (node.children === undefined) {
      const head = `${indent}${padRight(name, nameWidth)}  `;
      lines.push(
        ...wrap(`${type} ${valueText(node, style.full)}`, style.columns, head, ' '.repeat(textWidth(head))),
      );
    } else {
      lines.push(`${indent}${name} ${type}`);
      if (body !== '') lines.push(body);
    }
  }
  endRepetition();
  return lines;
}
