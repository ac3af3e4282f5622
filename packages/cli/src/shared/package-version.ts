import { createRequire } from 'node:module';

// By name, since a bundle is elsewhere than this file.
const manifest = createRequire(import.meta.url)('@mapped-ram/cli/package.json') as { version: string };

/** Version of this package. */
export const packageVersion: string = manifest.version;
