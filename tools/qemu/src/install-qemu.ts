import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installFolder, unpackPackages } from './debian/index.js';
import {
  findQemu,
  groupPath,
  type InstalledGroup,
  type MissingQemu,
  privateCommand,
  readInstalled,
} from './find-qemu.js';
import { GROUP_PACKAGES, type QemuGroup, type QemuVersion, SUITES } from './qemu-version.js';

/** What {@link installQemu} did for one group of packages. */
export type InstallResult =
  | { readonly kind: 'fetched' | 'present'; readonly group: QemuGroup; readonly versionText: string }
  | { readonly kind: 'on-path'; readonly group: QemuGroup; readonly versionText: string }
  | (MissingQemu & { readonly group: QemuGroup });

/**
 * Brings a QEMU into `.cache/qemu/<version>/<group>` of the checkout: the Debian packages with all that they need, down to the C
 * library, unpacked with neither root nor a change to the system. It counts as installed when the program has run once.
 */
export async function installQemu(version: QemuVersion, group: QemuGroup = 'x86'): Promise<InstallResult> {
  const path = groupPath(version, group);
  const present = readInstalled(path);
  if (present !== undefined) return { kind: 'present', group, versionText: present.versionText };
  try {
    const { versionText } = await installFolder(path, (root, scratch) =>
      unpackGroup(version, group, root, scratch),
    );
    return { kind: 'fetched', group, versionText };
  } catch (error) {
    return withoutApt(version, group, (error as Error).message);
  }
}

function withoutApt(version: QemuVersion, group: QemuGroup, problem: string): InstallResult {
  const reason = `${GROUP_PACKAGES[group][0]} of QEMU ${version} cannot be fetched: ${problem}`;
  if (group !== 'x86') return { kind: 'missing', version, group, reason };
  const found = findQemu(version);
  if (found.kind === 'missing') return { ...found, group, reason: `${reason}; ${found.reason}` };
  return { kind: 'on-path', group, versionText: found.versionText };
}

async function unpackGroup(
  version: QemuVersion,
  group: QemuGroup,
  root: string,
  scratch: string,
): Promise<InstalledGroup> {
  const names = GROUP_PACKAGES[group];
  const versions = await unpackPackages(
    { names, suites: SUITES[version], withDependencies: true },
    root,
    scratch,
  );
  return {
    package: names[0],
    packageVersion: versions.get(names[0]) ?? '',
    versionText: await askVersion(root, version),
  };
}

async function askVersion(root: string, version: QemuVersion): Promise<string> {
  const programs = readdirSync(join(root, 'usr/bin'));
  const program = programs.find((name) => name.startsWith('qemu-system-') || name === 'qemu-img') ?? '';
  const { file, args, env } = privateCommand(root, program);
  const { stdout } = await promisify(execFile)(file, [...args, '--version'], {
    env: { ...process.env, ...env },
  });
  const text = stdout.split('\n')[0] ?? '';
  if (!text.includes(` version ${version}.`)) throw new Error(`${program} says it is "${text}"`);
  return text;
}
