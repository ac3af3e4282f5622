import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const CHECKOUT_PATH = fileURLToPath(new URL('../../..', import.meta.url));

/** Everything that is fetched or unpacked goes below this folder; deleting it costs nothing but time. */
export const CACHE_PATH = join(CHECKOUT_PATH, '.cache');
