/** A result, and what of it is handed over instead of copied. */
export interface Done<Result> {
  readonly result: Result;
  readonly transfer?: readonly ArrayBuffer[];
}

/** Does tasks, one after another. */
export interface Hand<Task, Result> {
  /** @throws MappedRamError */
  run(task: Task): Done<Result>;
}
