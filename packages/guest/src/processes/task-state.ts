/** Bits of a task's state that are told of, as they are since Linux 4.14 (include/linux/sched.h, `TASK_REPORT`). */
const REPORTED = 0x7f;
const NO_LOAD = 0x400;
const UNINTERRUPTIBLE = 0x2;
const LOCK_WAIT = 0x1000;

/** One more letter than there are bits: that of none. `P` is a processor's idle task that is parked. */
const LETTERS = 'RSDTtXZP';

/**
 * The letter that `ps` and `/proc/PID/stat` have for a task's state (Linux: `task_state_to_char`): R runs or could, S sleeps, D sleeps and
 * cannot be woken, I is idle, T stopped, t traced, Z dead and not waited for, X dead.
 */
export function taskStateLetter(state: number, exitState: number): string {
  if ((state & (NO_LOAD | UNINTERRUPTIBLE)) === (NO_LOAD | UNINTERRUPTIBLE)) return 'I';
  const reported = (state | exitState) & REPORTED;
  if (reported === 0 && (state & LOCK_WAIT) !== 0) return 'D';
  return LETTERS[reported === 0 ? 0 : 32 - Math.clz32(reported)] ?? '?';
}
