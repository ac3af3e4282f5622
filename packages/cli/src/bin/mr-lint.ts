#!/usr/bin/env node
import { startProgram } from '../shared/start-program.js';
import { useCompileCache } from '../shared/use-compile-cache.js';

useCompileCache();
await startProgram('mr-lint', async () => (await import('../mr-lint/main.js')).main);
