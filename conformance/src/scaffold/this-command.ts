import { fileURLToPath } from 'node:url';

/** Where the protocol is described: it comes with the package. */
export const PROTOCOL_PATH = fileURLToPath(new URL('../../PROTOCOL.md', import.meta.url));

/** How this program is called where it runs: in a checkout by npm's script, elsewhere by npx. */
export function thisCommand(): string {
  return process.env.npm_lifecycle_event === 'conformance'
    ? 'npm run conformance --'
    : 'npx @mapped-ram/conformance';
}
