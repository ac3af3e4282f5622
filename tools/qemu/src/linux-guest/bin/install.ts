import { parseArgs } from 'node:util';
import { installBalloonDriver } from '../balloon-driver.js';
import { installDebuggers } from '../install-debuggers.js';
import { installLinuxGuest } from '../install-linux-guest.js';
import { LINUX_KERNELS, type LinuxKernelName } from '../linux-kernels.js';

/** Of one kernel, it is 320 MB. */
const DEBUGGED: LinuxKernelName = 'trixie';

const { values } = parseArgs({ options: { debug: { type: 'string' } } });

for (const name of Object.keys(LINUX_KERNELS) as LinuxKernelName[]) {
  const startMs = performance.now();
  const guest = await installLinuxGuest(name);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  // A missing guest is no failure: the tests that need it say that they are skipped.
  if (guest.kind === 'missing') console.error(`missing tool: ${guest.reason}`);
  else console.log(`Linux guest of ${name}: ${guest.release} (${seconds} s)`);
}

for (const name of (values.debug ?? DEBUGGED).split(',') as LinuxKernelName[]) {
  const debuggers = await installDebuggers(name);
  const what = `crash and drgn, with debug information of ${name}`;
  console.log(debuggers.kind === 'missing' ? `missing tool: ${debuggers.reason}` : what);
}

const balloon = await installBalloonDriver();
console.log(balloon.kind === 'missing' ? `missing tool: ${balloon.reason}` : "the balloon's driver");
