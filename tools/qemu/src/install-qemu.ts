import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AptSource, findDebianMirror, readAptSources } from './apt-sources.js';
import {
  findQemu,
  groupPath,
  type InstalledGroup,
  type MissingQemu,
  privateCommand,
  readInstalled,
} from './find-qemu.js';
import { GROUP_PACKAGES, type QemuGroup, type QemuVersion, SUITES } from './qemu-version.js';
import { runCommand } from './run-command.js';

/** What {@link installQemu} did for one group of packages. */
export type InstallResult =
  | { readonly kind: 'fetched' | 'present'; readonly group: QemuGroup; readonly versionText: string }
  | { readonly kind: 'on-path'; readonly group: QemuGroup; readonly versionText: string }
  | (MissingQemu & { readonly group: QemuGroup });

/**
 * Brings a QEMU into `.cache/qemu/<version>/<group>` of the checkout: the Debian packages with all that they need, down to the C
 * library, unpacked with neither root nor a change to the system. apt works in a tree of its own; only the mirror's address comes
 * from the machine's sources. The work is done in a folder beside and moved into place when the program has run once, so an
 * interrupted install leaves nothing that looks like one, and of two at once one wins and the other throws its work away.
 */
export async function installQemu(version: QemuVersion, group: QemuGroup = 'x86'): Promise<InstallResult> {
  const root = groupPath(version, group);
  const present = readInstalled(root);
  if (present !== undefined) return { kind: 'present', group, versionText: present.versionText };
  const mirror = findDebianMirror(readAptSources());
  if (mirror === undefined) return withoutApt(version, group, 'no Debian mirror in /etc/apt');

  mkdirSync(dirname(root), { recursive: true });
  removeAbandoned(root);
  const work = `${root}.partial-${process.pid}`;
  try {
    const { versionText } = await fetchGroup(version, group, mirror, work);
    moveIntoPlace(join(work, 'root'), root);
    return { kind: 'fetched', group, versionText };
  } catch (error) {
    return withoutApt(version, group, (error as Error).message);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function withoutApt(version: QemuVersion, group: QemuGroup, problem: string): InstallResult {
  const reason = `${GROUP_PACKAGES[group][0]} of QEMU ${version} cannot be fetched: ${problem}`;
  if (group !== 'x86') return { kind: 'missing', version, group, reason };
  const found = findQemu(version);
  if (found.kind === 'missing') return { ...found, group, reason: `${reason}; ${found.reason}` };
  return { kind: 'on-path', group, versionText: found.versionText };
}

function moveIntoPlace(unpacked: string, root: string): void {
  try {
    renameSync(unpacked, root);
  } catch (error) {
    // Another process was quicker, which is as good. A folder without installed.json, though, is only in the way.
    if (readInstalled(root) !== undefined) return;
    if (!existsSync(root)) throw error;
    rmSync(root, { recursive: true });
    renameSync(unpacked, root);
  }
}

/** A work folder is named after its process; one whose process is gone was interrupted. */
function removeAbandoned(root: string): void {
  for (const name of readdirSync(dirname(root))) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(join(dirname(root), name), { recursive: true, force: true });
    }
  }
}

async function fetchGroup(
  version: QemuVersion,
  group: QemuGroup,
  mirror: AptSource,
  work: string,
): Promise<InstalledGroup> {
  const apt = join(work, 'apt');
  const root = join(work, 'root');
  const release = SUITES[version].at(-1) as string;
  const config = writeAptTree(apt, mirror, SUITES[version]);
  await runCommand('apt-get', ['-c', config, 'update']);
  await runCommand('apt-get', ['-c', config, '-y', '-d', '-t', release, 'install', ...GROUP_PACKAGES[group]]);

  mkdirSync(root);
  const archives = join(apt, 'cache/archives');
  const packages = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  for (const name of packages) await runCommand('dpkg', ['-x', join(archives, name), root]);

  const installed = {
    package: GROUP_PACKAGES[group][0],
    packageVersion: versionOf(packages, GROUP_PACKAGES[group][0]),
    versionText: await askVersion(root, version),
  };
  writeFileSync(join(root, 'installed.json'), `${JSON.stringify(installed, null, 2)}\n`);
  return installed;
}

/** @returns the path of the configuration; it is read after the machine's own, whose proxy settings stay */
function writeAptTree(apt: string, mirror: AptSource, suites: readonly string[]): string {
  for (const folder of ['sources', 'state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(apt, folder), { recursive: true });
  }
  // No package counts as installed: everything is fetched, and the machine's age does not matter.
  writeFileSync(join(apt, 'status'), '');
  const source = {
    Types: 'deb',
    URIs: mirror.uri,
    Suites: suites.join(' '),
    Components: 'main',
    ...(mirror.signedBy === undefined ? {} : { 'Signed-By': mirror.signedBy }),
  };
  const lines = Object.entries(source).map(([field, value]) => `${field}: ${value}\n`);
  writeFileSync(join(apt, 'sources/mirror.sources'), lines.join(''));
  const config = join(apt, 'apt.conf');
  writeFileSync(
    config,
    `Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${join(apt, 'sources')}";
Dir::State "${join(apt, 'state')}";
Dir::State::status "${join(apt, 'status')}";
Dir::Cache "${join(apt, 'cache')}";
Dir::Log "${apt}";
APT::Install-Recommends "0";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`,
  );
  return config;
}

/** apt names an archive `package_version_architecture.deb` and writes the version's colon as `%3a`. */
function versionOf(archives: readonly string[], name: string): string {
  const archive = archives.find((file) => file.startsWith(`${name}_`)) ?? '';
  return decodeURIComponent(archive.split('_')[1] ?? '');
}

async function askVersion(root: string, version: QemuVersion): Promise<string> {
  const programs = readdirSync(join(root, 'usr/bin'));
  const program = programs.find((name) => name.startsWith('qemu-system-') || name === 'qemu-img') ?? '';
  const { file, args, env } = privateCommand(root, program);
  const text = (await runCommand(file, [...args, '--version'], env)).split('\n')[0] ?? '';
  if (!text.includes(` version ${version}.`)) throw new Error(`${program} says it is "${text}"`);
  return text;
}
