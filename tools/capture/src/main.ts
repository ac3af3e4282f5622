import { CAPTURE_JOBS } from './capture-job.js';

// Usage: main.js [ID...]: makes captures (all, when none is named; `qemu-10.0/` names all that begin so) from real QEMU.

const wanted = process.argv.slice(2);
const jobs = CAPTURE_JOBS.filter(
  ({ id }) =>
    wanted.length === 0 || wanted.some((name) => id === name || (name.endsWith('/') && id.startsWith(name))),
);
if (jobs.length === 0) {
  console.error(
    `there is no capture ${wanted.join(', ')}; there are:\n${CAPTURE_JOBS.map(({ id }) => id).join('\n')}`,
  );
  process.exitCode = 2;
}
for (const { id, make } of jobs) {
  try {
    const { sizeBytes, extents, restoreResults } = await make();
    const results = Object.entries(restoreResults).map(([line, { verdict }]) => `${verdict} in ${line}`);
    console.log(`${id}: ${sizeBytes} bytes, ${extents.length} extents, ${results.join(', ')}`);
  } catch (error) {
    console.error(`${id}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
