/** Does tasks, one after another. */
export interface Hand<Task, Result> {
  /** @returns What may lie in memory of this, which the next task overwrites. @throws MappedRamError */
  run(task: Task): Result;
  /** Of a result, one with memory of its own. What has none does without. */
  keep?(result: Result): Kept<Result>;
}

/** A result that stays. */
export interface Kept<Result> {
  readonly result: Result;
  /** What of it can be handed to another thread instead of being copied. */
  readonly transfer: readonly ArrayBuffer[];
}
