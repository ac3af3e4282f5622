import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { installQemu } from '../install-qemu.js';
import { installOvmf } from '../libvirt/index.js';
import { QEMU_GROUPS, QEMU_VERSIONS, type QemuGroup, type QemuVersion } from '../qemu-version.js';

const USAGE = `Usage: install.js [VERSION...] [--targets GROUP,...]

Brings QEMU into .cache/qemu of this checkout, without root and without touching the system.
VERSION is ${QEMU_VERSIONS.join(' or ')} (both when none is given); GROUP is one of ${QEMU_GROUPS.join(', ')} (x86 when none is given).`;

function known<T extends string>(all: readonly T[], given: readonly string[], what: string): readonly T[] {
  const unknown = given.find((value) => !(all as readonly string[]).includes(value));
  if (unknown !== undefined) throw new RangeError(`unknown ${what} ${unknown}\n\n${USAGE}`);
  return given as readonly T[];
}

async function installAndTell(version: QemuVersion, group: QemuGroup): Promise<void> {
  const startMs = performance.now();
  const result = await installQemu(version, group);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (result.kind === 'missing') console.error(`missing tool: ${result.reason}`);
  else console.log(`QEMU ${version} ${group}: ${result.kind}, ${result.versionText} (${seconds} s)`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { targets: { type: 'string', default: 'x86' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const versions: readonly QemuVersion[] =
    positionals.length === 0 ? QEMU_VERSIONS : known(QEMU_VERSIONS, positionals, 'version');
  const groups: readonly QemuGroup[] = known(QEMU_GROUPS, values.targets.split(','), 'group');
  const waiting = versions.flatMap((version) => groups.map((group) => ({ version, group })));
  const installWaiting = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await installAndTell(next.version, next.group);
    }
  };
  // What one waits for from the mirror, another has for unpacking: QEMU's two versions take 19 s instead of 32.
  await Promise.all(Array.from({ length: availableParallelism() }, installWaiting));
  if (groups.includes('libvirt')) {
    const ovmf = await installOvmf();
    console.log(ovmf.kind === 'missing' ? `missing tool: ${ovmf.reason}` : `OVMF: ${ovmf.packageVersion}`);
  }
}

// A missing QEMU is no failure: the tests that need it say that they are skipped.
try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
