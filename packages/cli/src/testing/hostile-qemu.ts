/** A program that is started as a QEMU and speaks no QMP: `hostile-qemu.js MODE`. It goes on until it is ended, as QEMU does. */
import { Socket } from 'node:net';
import { hostileModes, playHostile } from './hostile-qmp.js';

const mode = hostileModes.find(({ name }) => name === process.argv[2]);
if (mode === undefined) throw new Error(`no such mode: ${process.argv[2]}`);
playHostile(mode, new Socket({ fd: 3 }));
setInterval(() => {}, 1_000_000);
