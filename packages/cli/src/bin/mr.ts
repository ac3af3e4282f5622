#!/usr/bin/env node
import { startProgram } from '../shared/start-program.js';

await startProgram('mr', async () => (await import('../mr/main.js')).main);
