/** `CHANNELS FILE`: has QEMU restore the bench's snapshot with multifd, and prints how many seconds that took. */
import { configureMigration, launchQemu } from '@mapped-ram/tool-qemu';
import { machineGib } from './scale.js';
import { takeMemory } from './take-memory.js';

const [channels = '', path = ''] = process.argv.slice(2);
const vm = await launchQemu({
  version: '10.0',
  args: [
    ...['-S', '-nodefaults', '-machine', 'none,memory-backend=ram', '-m', `${machineGib}g`],
    ...['-object', `memory-backend-ram,id=ram,size=${machineGib}g`, '-incoming', 'defer'],
  ],
});
try {
  await configureMigration(vm, {
    uri: `file:${path}`,
    capabilities: ['multifd'],
    parameters: { 'multifd-channels': Number(channels) },
  });
  takeMemory();
  const started = performance.now();
  const isOver = ({ data }: { data: { status: string } }) => ['completed', 'failed'].includes(data.status);
  const [{ data }] = await Promise.all([
    vm.qmp.waitForEvent<{ status: string }>('MIGRATION', isOver, { timeoutMs: 60_000 }),
    vm.qmp.execute('migrate-incoming', { uri: `file:${path}` }),
  ]);
  if (data.status !== 'completed') throw new Error(`QEMU did not restore: ${vm.stderr()}`);
  console.log((performance.now() - started) / 1000);
} finally {
  await vm.kill();
}
