import { createRequire } from 'node:module';

/** Version of this package; it is looked up when it is asked for, which takes a while. */
export function packageVersion(): string {
  // By name, since a bundle is elsewhere than this file.
  const manifest: { version: string } = createRequire(import.meta.url)('@mapped-ram/cli/package.json');
  return manifest.version;
}
