import type { PackedDefinition } from './define.js';
import { frameVectors } from './frames.js';
import { leadVectors } from './leads.js';
import { sealVectors } from './seals.js';
import { seekTableVectors } from './seek-table.js';

/** Every packed file's definition. */
export const packedDefinitions: readonly PackedDefinition[] = [
  ...frameVectors,
  ...seekTableVectors,
  ...leadVectors,
  ...sealVectors,
];
