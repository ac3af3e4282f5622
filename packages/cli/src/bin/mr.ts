#!/usr/bin/env node
import { startProgram } from '../shared/start-program.js';
import { useCompileCache } from '../shared/use-compile-cache.js';

useCompileCache();
await startProgram('mr', async () => (await import('../mr/main.js')).main);
