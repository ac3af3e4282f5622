import { installPythonRuntimes } from '../python-runtimes.js';

const startMs = performance.now();
const result = await installPythonRuntimes();
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
// A missing runtime is no failure: the tests that need it say that they are skipped.
if (result.kind === 'missing') console.error(`missing tool: ${result.reason}`);
else {
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  console.log(`Python runtimes: ${result.kind}, ${versions.join(', ')} (${seconds} s)`);
}
