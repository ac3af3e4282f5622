/**
 * Before each file of tests: what they start is started as users do. pnpm has vitest, and all below it, find every package there is (`NODE_PATH`),
 * where a program on its own finds what it depends on, or not.
 */
delete process.env.NODE_PATH;
