/** Before each file of tests. */
import { lstatSync } from 'node:fs';
import { afterEach } from 'vitest';

// What tests start is started as users do. pnpm has vitest, and all below it, find every package there is, where a program on its own
// finds what it depends on, or not.
delete process.env.NODE_PATH;

// A test that removes a socket leaves a stat of it behind, by which Node takes the next module that lies behind a symbolic link for one of the
// link's name, and loads it twice (Node 20 to 24, lib/fs.js, realpathSync).
afterEach(() => {
  lstatSync('/');
});
