export { compileGrammar, grammarNames } from './grammar.js';
export { hasPythonRuntime, PYTHON_SITE_PATH } from './python-runtimes.js';
