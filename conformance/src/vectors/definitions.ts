import type { VectorDefinition } from '../builder/define.js';
import { bitmapVectors } from './bitmap.js';
import { blockTableVectors } from './block-table.js';
import { captureVectors } from './captures.js';
import { commandVectors } from './commands.js';
import { configurationVectors } from './configuration.js';
import { containerVectors } from './containers.js';
import { deviceStateVectors } from './device-state.js';
import { eosVectors } from './eos.js';
import { footerVectors } from './footers.js';
import { headerVectors } from './header.js';
import { pageSizeVectors } from './page-sizes.js';
import { pageVectors } from './pages.js';
import { ramFlagMatrixVectors } from './ram-flag-matrix.js';
import { ramFlagVectors } from './ram-flags.js';
import { sectionVectors } from './sections.js';
import { streamVectors } from './stream.js';
import { truncationVectors } from './truncation.js';
import { vmdescriptionVectors } from './vmdescription.js';

/** Every vector's definition, in the order in which a stream is read. */
export const definitions: readonly VectorDefinition[] = [
  ...streamVectors,
  ...configurationVectors,
  ...sectionVectors,
  ...commandVectors,
  ...footerVectors,
  ...ramFlagVectors,
  ...ramFlagMatrixVectors,
  ...eosVectors,
  ...blockTableVectors,
  ...headerVectors,
  ...bitmapVectors,
  ...pageVectors,
  ...pageSizeVectors,
  ...deviceStateVectors,
  ...truncationVectors,
  ...vmdescriptionVectors,
  ...containerVectors,
  ...captureVectors,
];
