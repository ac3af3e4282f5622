import { installLinuxGuest } from '../install-linux-guest.js';

const startMs = performance.now();
const guest = await installLinuxGuest();
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
// A missing guest is no failure: the tests that need it say that they are skipped.
if (guest.kind === 'missing') console.error(`missing tool: ${guest.reason}`);
else console.log(`Linux guest: ${guest.release} (${seconds} s)`);
