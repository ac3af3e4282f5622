import { createRequire } from 'node:module';

/** Version of this package; it is looked up when it is asked for, which takes a while. */
export function packageVersion(): string {
  // It is as far above the bundle as above this file.
  const manifest: { version: string } = createRequire(import.meta.url)('../../package.json');
  return manifest.version;
}
