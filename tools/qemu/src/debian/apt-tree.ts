import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AptSource } from './apt-sources.js';

/** A tree in which apt works without touching the system's own. */
export interface AptTree {
  /** For apt's `-c`. It is read after the machine's own configuration, whose proxy settings stay. */
  readonly configPath: string;
  /** Where apt puts the packages that it fetches to be installed. */
  readonly archivesPath: string;
}

/** Writes a tree that knows nothing but some suites of one mirror, and in which no package is installed. */
export function writeAptTree(
  folder: string,
  mirror: AptSource,
  { suites, architecture }: { readonly suites: readonly string[]; readonly architecture?: string },
): AptTree {
  const archivesPath = join(folder, 'cache/archives');
  for (const path of [
    join(folder, 'sources'),
    join(folder, 'state/lists/partial'),
    `${archivesPath}/partial`,
  ]) {
    mkdirSync(path, { recursive: true });
  }
  // No package counts as installed: everything is fetched, and the machine's age does not matter.
  writeFileSync(join(folder, 'status'), '');
  const source = {
    Types: 'deb',
    URIs: mirror.uri,
    Suites: suites.join(' '),
    Components: 'main',
    ...(mirror.signedBy === undefined ? {} : { 'Signed-By': mirror.signedBy }),
  };
  const lines = Object.entries(source).map(([field, value]) => `${field}: ${value}\n`);
  writeFileSync(join(folder, 'sources/mirror.sources'), lines.join(''));
  const configPath = join(folder, 'apt.conf');
  writeFileSync(
    configPath,
    `Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${join(folder, 'sources')}";
Dir::State "${join(folder, 'state')}";
Dir::State::status "${join(folder, 'status')}";
Dir::Cache "${join(folder, 'cache')}";
Dir::Log "${folder}";
APT::Install-Recommends "0";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
${architecture === undefined ? '' : `APT::Architecture "${architecture}";\nAPT::Architectures { "${architecture}"; };\n`}#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`,
  );
  return { configPath, archivesPath };
}
