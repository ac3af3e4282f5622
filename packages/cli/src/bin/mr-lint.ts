#!/usr/bin/env node
import { useCompileCache } from '../shared/compile-cache.js';
import { startProgram } from '../shared/start-program.js';

useCompileCache();
void startProgram('mr-lint', async () => (await import('../mr-lint/main.js')).main);
