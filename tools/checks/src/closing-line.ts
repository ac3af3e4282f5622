import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with the skipped tests by name, so that no skip is silent; where it was of several packages, with how to run the
 * tests that it left out; and with one line that scripts can read.
 */
export class ClosingLineReporter implements Reporter {
  readonly #leavesOut: boolean;

  /** @param leavesOut whether the run leaves out `*.all.test.ts` */
  constructor(leavesOut: boolean) {
    this.#leavesOut = leavesOut;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      // A file that fails while it is loaded has no tests to count.
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') count.passed++;
        else if (state === 'failed') count.failed++;
        else {
          count.skipped++;
          skipped.push(test.fullName);
        }
      }
    }
    for (const name of skipped) console.log(`skipped: ${name}`);
    if (this.#leavesOut && new Set(modules.map(packageOf)).size > 1) {
      console.log(
        'These were the quick tests. `npm run check` checks style, imports and documents, and `npm run test:all` does all, as CI does.',
      );
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

/** The folder of the package that a test file is in. */
function packageOf({ moduleId }: TestModule): string {
  return moduleId.slice(0, moduleId.indexOf('/src/'));
}
