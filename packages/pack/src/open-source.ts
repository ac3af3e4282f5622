import { openCodec } from '@mapped-ram/pack/codec';
import { type OpenSource, openSource as openWithContainers } from '@mapped-ram/reader/file';
import { packedContainer } from './packed-container.js';

const containers = [packedContainer(openCodec)];

/**
 * Opens a file that may be packed, as if it were not.
 *
 * @throws MappedRamError `read-failed`, `bad-packed-file`, `limit-exceeded`.
 */
export const openSource: OpenSource = (path) => openWithContainers(path, containers);
