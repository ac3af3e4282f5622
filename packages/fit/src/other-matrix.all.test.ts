import { testMatrix } from './testing/matrix-tests.js';
import { OTHER_FAMILIES } from './testing/other-destinations.js';

// Nothing was made to fit these destinations before they were judged for the first time.
testMatrix(OTHER_FAMILIES, new Set(['the same']), false);
