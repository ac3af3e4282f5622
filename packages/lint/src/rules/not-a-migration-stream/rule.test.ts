import { expect } from 'vitest';
import { ascii } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { notAMigrationStreamRule } from './rule.js';

ruleCases(notAMigrationStreamRule, {
  fires: [
    {
      name: 'another magic',
      edit: (image, good) => {
        image.patch(good.streamOffset, Uint8Array.of(0x11));
      },
      finds: [{ outcome: 'refused', severity: 'error', byteOffset: 0, byteLength: 4 }],
    },
    {
      name: 'a stream that starts elsewhere',
      capture: 'qemu-10.0/offset-aligned',
      finds: [{ outcome: 'refused', byteOffset: 0 }],
    },
    {
      name: 'a stream in an archive, whose offsets would be others there',
      edit: (image) => {
        image.insert(0, new Uint8Array(512));
        image.patch(257, ascii('ustar\0'));
      },
      finds: [
        {
          outcome: 'refused',
          message: expect.stringMatching(/: this is a tar archive; `tar -xf` takes files out of it\.$/),
        },
      ],
    },
    {
      name: 'a stream behind something else',
      edit: (image) => {
        image.insert(0, new Uint8Array(512));
      },
      finds: [{ message: expect.stringContaining('one seems to start at 0x200') }],
    },
    {
      name: 'a stream that libvirt compressed',
      capture: 'libvirt-11.3/save-sparse',
      edit: (image, good) => {
        image.patch(28, Uint8Array.of(5));
        image.patch(good.streamOffset, new Uint8Array(4));
      },
      finds: [{ message: expect.stringContaining('compressed') }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
