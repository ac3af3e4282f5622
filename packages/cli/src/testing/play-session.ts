import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MR_LINT_PATH, MR_PATH } from './programs.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** The session that the page of a command of `mr` shows: commands behind `$`, and what they print. */
export function sessionOf(name: string): string {
  const page = readFileSync(join(docs, name === 'reading' ? 'reading.md' : `mr-${name}.md`), 'utf8');
  return /^```console\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
}

/** The commands of a session. */
export function commandsOf(session: string): string[] {
  return session
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));
}

/** Puts `mr` and `mr-lint` into a folder. @returns the folder, for PATH */
export function installCommands(parent: string): string {
  const folder = join(parent, 'bin');
  mkdirSync(folder);
  for (const [name, path] of Object.entries({ mr: MR_PATH, 'mr-lint': MR_LINT_PATH })) {
    const script = `#!/bin/sh\nexec "${process.execPath}" "${path}" "$@"\n`;
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Runs commands one after the other in a folder. @returns the session as a page would show it */
export function playSession(commands: readonly string[], folder: string, binFolder: string): string {
  const env = { PATH: `${binFolder}:${process.env.PATH}` };
  const run = (command: string) =>
    execFileSync('sh', ['-c', `(${command}) 2>&1; true`], { cwd: folder, env, encoding: 'utf8' });
  return commands.map((command) => `$ ${command}\n${run(command)}`).join('');
}

/** What a file takes on disk is the file system's affair. */
export const withoutSizes = (text: string): string => text.replace(/\d[\d.]* (bytes|[KMG]iB)/g, 'SIZE');
