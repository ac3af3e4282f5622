import { FAMILIES } from './testing/destinations.js';
import { testMatrix } from './testing/matrix-tests.js';

testMatrix(FAMILIES, new Set(['the same', '-m 32M', '-smp 1', '-smp 4', '-cpu max']), true);
