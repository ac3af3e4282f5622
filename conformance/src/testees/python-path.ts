import { delimiter } from 'node:path';
import { PYTHON_SITE_PATH } from '@mapped-ram/tool-generate';
import { compileParsers } from './compile-parsers.js';

// Usage: python-path.js: generates the parsers in Python, and prints the PYTHONPATH that has them and their runtime.

const folders = [await compileParsers('python'), PYTHON_SITE_PATH, process.env.PYTHONPATH];
console.log(folders.filter(Boolean).join(delimiter));
