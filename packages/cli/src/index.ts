export { ExitStatus } from './exit-status.js';
export type { FileFault } from './file-fault.js';
export type { FileResult, UnusableFile } from './file-result.js';
export { main } from './main.js';
export type { JsonReport } from './output/json.js';
export type { OutputStream, Terminal } from './terminal.js';
