import { expect } from 'vitest';
import { blockOf, sectionOf } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { streamTruncatedRule } from './rule.js';

ruleCases(streamTruncatedRule, {
  fires: [
    {
      name: 'an empty file',
      edit: (image) => {
        image.truncate(0);
      },
      finds: [
        { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Not a migration stream') },
      ],
    },
    {
      name: 'a file that ends in the version',
      edit: (image) => {
        image.truncate(6);
      },
      finds: [
        {
          outcome: 'refused',
          severity: 'error',
          qemu: expect.stringContaining('Unsupported migration stream version'),
        },
      ],
    },
    {
      name: 'a file that ends before the configuration',
      edit: (image) => {
        image.truncate(8);
      },
      finds: [
        {
          outcome: 'refused',
          severity: 'error',
          qemu: expect.stringContaining('Configuration section missing'),
        },
      ],
    },
    {
      name: 'a file that ends in the machine type',
      edit: (image) => {
        image.truncate(12);
      },
      finds: [
        {
          outcome: 'refused',
          severity: 'error',
          qemu: expect.stringContaining('cannot load the configuration'),
        },
      ],
    },
    {
      name: 'a file that ends in the capability list',
      edit: (image, good) => {
        const list = good.configuration?.subsections[0]?.byteOffset ?? 0;
        image.truncate(list + 8);
      },
      finds: [
        { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Capability mapped-ram') },
      ],
    },
    {
      name: "a file that ends in a section's header",
      edit: (image, good) => {
        image.truncate(sectionOf(good, 'start').byteOffset + 3);
      },
      finds: [{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('ID string') }],
    },
    {
      name: "a file that ends in a block's header",
      edit: (image, good) => {
        image.truncate(blockOf(good).headerOffset + 10);
      },
      finds: [
        {
          outcome: 'refused',
          severity: 'error',
          qemu: expect.stringContaining('mapped-ram migration header'),
        },
      ],
    },
    {
      name: 'a file that ends behind the pages',
      edit: (image, good) => {
        const { pagesOffset, usedLength } = blockOf(good);
        image.truncate(pagesOffset + usedLength);
      },
      finds: [
        {
          outcome: 'refused',
          severity: 'error',
          qemu: expect.stringContaining('Getting RAM address failed'),
        },
      ],
    },
    {
      name: 'a file that ends after an EOS word',
      edit: (image, good) => {
        const part = sectionOf(good, 'part');
        image.truncate(part.bodyOffset + part.bodyLengthBytes);
      },
      finds: [{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('section footer') }],
    },
    {
      name: 'a file that ends between two sections',
      edit: (image, good) => {
        const part = sectionOf(good, 'part');
        image.truncate(part.byteOffset + part.byteLength);
      },
      finds: [{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Input/output error') }],
    },
    {
      name: "a file that ends in a device's state",
      edit: (image, good) => {
        image.truncate(sectionOf(good, 'full').bodyOffset + 3);
      },
      finds: [
        { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('error while loading state') },
      ],
    },
    {
      name: 'a file without its end marker',
      edit: (image, good) => {
        image.truncate(good.endMarkerOffset ?? 0);
      },
      finds: [{ outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Input/output error') }],
    },
  ],
  silent: [
    { name: 'in a cancelled save, which has its own rule', capture: 'qemu-10.0/cancelled' },
    {
      name: 'in a file that ends in the vmdescription',
      edit: (image, good) => {
        image.truncate((good.endMarkerOffset ?? 0) + 3);
      },
    },
    { name: 'a good file' },
  ],
});
