import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Makes a project outside the workspace, in a new folder, and installs packed packages in it as a stranger would.
 *
 * @param tarballs - the packages that it asks for, by their names
 * @param known - the packages that those may ask for: npm takes these, and asks no registry for them
 */
export async function makeProject(
  folder: string,
  tarballs: ReadonlyMap<string, string>,
  known = tarballs,
): Promise<void> {
  await mkdir(folder);
  const files = (of: ReadonlyMap<string, string>) =>
    Object.fromEntries([...of].map(([name, tarball]) => [name, `file:${tarball}`]));
  const manifest = {
    name: 'outside',
    private: true,
    type: 'module',
    dependencies: files(tarballs),
    overrides: files(known),
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
}
