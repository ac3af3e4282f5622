import { expect, test } from 'vitest';
import { placeOf } from './device-place.js';

const slot = (number: number, fn = 0) => ({ slot: number, fn });

test.each([
  ['0000:00:04.0/e1000', { bus: 'pci', path: [slot(4)], key: '0000:00:04.0' }],
  ['0000:00:1f.3/ich9_smb', { bus: 'pci', path: [slot(0x1f, 3)], key: '0000:00:1f.3' }],
  ['0000:00:01.0:00.0/virtio-net', { bus: 'pci', path: [slot(1), slot(0)], key: '0000:00:01.0:00.0' }],
  ['pci@800000020000000:04.0/virtio-rng', { bus: 'pci', path: [slot(4)], key: 'pci@800000020000000:04.0' }],
  ['0000:00:04.0/0:2:1/scsi-disk', { bus: 'scsi', controller: '0000:00:04.0', at: [0, 2, 1] }],
  ['/fe.0.0001/0:0:0/scsi-disk', { bus: 'scsi', controller: '/fe.0.0001', at: [0, 0, 0] }],
  ['0000:00:06.0/1.2/usb-kbd', { bus: 'usb', controller: '0000:00:06.0', at: [1, 2] }],
  [
    'virtio-mmio@00000000feb02e00/virtio-rng',
    { bus: 'mmio', address: 0xfeb02e00n, key: 'virtio-mmio@00000000feb02e00' },
  ],
  ['/fe.0.0003/virtio-rng', { bus: 'ccw', device: 'fe.0.0003', key: '/fe.0.0003' }],
  ['serial', { bus: 'none' }],
  ['0000:00:04.0,addr=7/e1000', { bus: 'none' }],
  ['0000:00:04.0/1;x/usb-kbd', { bus: 'none' }],
  ['/fe.0.0003,id=a/virtio-rng', { bus: 'none' }],
  ['', { bus: 'none' }],
  ['///', { bus: 'none' }],
])('%s', (idstr, place) => {
  expect(placeOf(idstr)).toEqual(place);
});
