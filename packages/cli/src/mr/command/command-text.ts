import type { MachineCommand } from '@mapped-ram/fit';
import { printable } from '../../shared/printable.js';
import { shellWord } from '../../shared/shell-words.js';

/** Where the QEMU of the script answers. */
const SOCKET = 'qmp.sock';

/** A script for a shell that starts the machine, waiting for the file; what is to be known of it in comments. */
export function commandText(path: string, { target, options, unknown, byHand }: MachineCommand): string {
  const placeholders = options.flatMap(({ name, value = '', placeholder }) =>
    placeholder === undefined ? [] : [`${name} ${value}: ${placeholder}`],
  );
  const words = [
    [`qemu-system-${target}`],
    ...options.map(({ name, value }) => (value === undefined ? [name] : [name, value])),
    ['-qmp', `unix:${SOCKET},server=on,wait=off`],
    ['-incoming', 'defer'],
  ].map((some) => some.map(shellWord).join(' '));
  const lines = [
    '#!/bin/sh',
    `# The machine of ${path}. When it waits: mr restore --qmp ${SOCKET} ${shellWord(path)}`,
    ...comments('To be done by hand first:', byHand),
    ...comments('Placeholders, for what is yours:', placeholders),
    ...comments('What the file does not tell:', unknown),
    words.map((word, index) => (index === 0 ? `exec ${word}` : `  ${word}`)).join(' \\\n'),
  ];
  return `${lines.map((line) => line.split('\n').map(printable).join('\n')).join('\n')}\n`;
}

function comments(title: string, texts: readonly string[]): string[] {
  return texts.length === 0
    ? []
    : [`# ${title}`, ...texts.map((text) => `#   ${text.replaceAll('\n', ' ')}`)];
}
