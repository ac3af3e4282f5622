export { main as mrMain } from './mr/main.js';
export type { FileResult, UnusableFile } from './mr-lint/file-result.js';
export { main } from './mr-lint/main.js';
export type { JsonReport } from './mr-lint/output/json.js';
export { ExitStatus } from './shared/exit-status.js';
export type { FileFault } from './shared/file-fault.js';
export type { OutputStream, Terminal } from './shared/terminal.js';
