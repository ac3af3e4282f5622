#!/usr/bin/env node
import { startProgram } from '../shared/start-program.js';

await startProgram('mr-lint', async () => (await import('../mr-lint/main.js')).main);
