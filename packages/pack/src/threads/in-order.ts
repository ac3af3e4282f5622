/**
 * Does work with several tasks under way at once, and gives the results in the order of the tasks.
 *
 * @param depth How many tasks are under way or wait for their result to be taken, at most.
 * @throws What a task throws, when its turn comes; those that are under way are then waited for.
 */
export async function* inOrder<Task, Result>(
  tasks: Iterable<Task>,
  depth: number,
  run: (task: Task) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  try {
    for (const task of tasks) {
      const result = run(task);
      // It may fail before its turn comes.
      result.catch(() => {});
      underWay.push(result);
      if (underWay.length >= depth) yield await (underWay.shift() as Promise<Result>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<Result>);
  } finally {
    await Promise.allSettled(underWay);
  }
}
