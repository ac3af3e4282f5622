import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 50;

/** A QEMU that has nothing to do takes 50 microseconds of a processor a second. */
const IDLE_NS = 5_000_000n;

/**
 * Waits until a process has done nothing for a while: none of its threads ran, wanted to run or waited for a disk. So it does not matter how
 * busy the machine is. A process that has ended is idle too.
 *
 * @param busyMs How much processor time it may have used up, at most: a process that goes round in circles never stands still.
 * @returns false where the signal ended the wait
 */
export async function untilStandstill(
  pid: number,
  quietMs: number,
  busyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  // Looks are counted, and not time: where this process waits for a processor, the other may be waiting for this one.
  let looksLeft = quietMs / SAMPLE_MS;
  let ranNs = 0n;
  while (!signal.aborted) {
    const now = activity(pid);
    if (now.ranNs > busyMs * 1e6) return true;
    if (now.isBusy || now.ranNs - ranNs > IDLE_NS) {
      looksLeft = quietMs / SAMPLE_MS;
      ranNs = now.ranNs;
    } else if (looksLeft-- <= 0) return true;
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** Whether a thread runs, wants to or waits for a disk, and how long all have run, as Linux's /proc tells. */
function activity(pid: number): { isBusy: boolean; ranNs: bigint } {
  let isBusy = false;
  let ranNs = 0n;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const of = (name: string) => readFileSync(`/proc/${pid}/task/${thread}/${name}`, 'latin1');
      const stat = of('stat');
      isBusy ||= /^[RD]/.test(stat.slice(stat.lastIndexOf(')') + 2));
      ranNs += BigInt(of('schedstat').split(' ', 1)[0] ?? 0);
    }
  } catch (error) {
    // A thread has ended between two looks at it.
    if (
      (error as NodeJS.ErrnoException).code !== 'ENOENT' &&
      (error as NodeJS.ErrnoException).code !== 'ESRCH'
    )
      throw error;
  }
  return { isBusy, ranNs };
}
