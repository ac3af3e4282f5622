export { main as mrMain } from './mr/main.js';
export { main } from './mr-lint/main.js';
export { ExitStatus } from './shared/exit-status.js';
export type { OutputStream, Terminal } from './shared/terminal.js';
