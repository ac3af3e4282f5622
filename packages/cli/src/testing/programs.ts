import { fileURLToPath } from 'node:url';

const bundled = (name: string) => fileURLToPath(new URL(`../../dist/bundle/${name}.js`, import.meta.url));

/** The commands as they are shipped. */
export const MR_PATH = bundled('mr');
export const MR_LINT_PATH = bundled('mr-lint');
