import type { OptionSpec } from './option-spec.js';

/** Both byte orders that `--bitmap-order` can name. */
export const bitmapOrders = ['le', 'be'] as const;

/** `--offset` */
export const offsetOption: OptionSpec = {
  name: 'offset',
  value: 'N',
  help: 'The stream starts at this byte, as in file:PATH,offset=N: 4096, 0x1000, 4k, 1.5M. A libvirt save image needs no offset.',
};

/** `--bitmap-order` */
export const bitmapOrderOption: OptionSpec = {
  name: 'bitmap-order',
  value: 'le|be',
  help: 'Byte order of the words of the bitmaps, which is that of the host that saved; le by default.',
};

/** `--snapshot` */
export const snapshotOption: OptionSpec = {
  name: 'snapshot',
  value: 'NAME|ID',
  help: 'Which internal snapshot is meant, where the file is a disk image (qcow2). Without, those that it has are listed.',
};
