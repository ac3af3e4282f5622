/**
 * What the browser does with a snapshot, and Node too: a module whose `look` gives the same for the same bytes. It is text, since it
 * is bundled from packages that are installed outside the workspace.
 */
export const LOOK = `
import { createPageScanner } from '@mapped-ram/format';
import { describeSnapshot, diffSnapshots, drawMap, toPng } from '@mapped-ram/inspect';
import { lintSource } from '@mapped-ram/lint';
import { blobSource, openSnapshot } from '@mapped-ram/reader';

export async function look(bytes) {
  const source = blobSource(new Blob([bytes]));
  const { verdict, findings } = await lintSource(source, { deep: true });
  const snapshot = await openSnapshot(source);
  const info = await describeSnapshot(snapshot, source);
  const file = { snapshot, source };
  const difference = await diffSnapshots([file, file]);
  const picture = await drawMap(snapshot, 'guest', ({ idstr }) => idstr);
  return {
    verdict,
    rules: findings.map(({ rule }) => rule),
    fingerprint: info.fingerprint.hash,
    setPages: info.blocks.map(({ setPages }) => setPages),
    different: difference.blocks.filter(({ differingPages }) => differingPages > 0).length,
    pngBytes: toPng(picture).length,
  };
}

export const engine = createPageScanner({ pageSize: 4096 }).engine;
`;

/** The page's script: looks at the file of this path, by HTTP ranges and as a whole. The entries are loaded to show that they can be. */
export const pageScript = (path: string, entries: readonly string[]): string => `
${entries.map((entry, at) => `import * as entry${at} from ${JSON.stringify(entry)};`).join('\n')}
import { lintSource } from '@mapped-ram/lint';
import { cachedSource } from '@mapped-ram/reader/cached';
import { openHttpSource } from '@mapped-ram/reader/http';
import { engine, look } from './look.mjs';

const post = (to, body) => fetch(to, { method: 'POST', body });
try {
  const remote = cachedSource(await openHttpSource(new URL(${JSON.stringify(path)}, location.href)));
  const found = await look(await (await fetch(${JSON.stringify(path)})).arrayBuffer());
  const { verdict } = await lintSource(remote, { deep: true });
  const entries = [${entries.map((_, at) => `entry${at}`).join(', ')}].filter((entry) => Object.keys(entry).length > 0).length;
  await post('/result', JSON.stringify({ engine, entries, remote: verdict, found }));
} catch (error) {
  await post('/failure', String(error.stack));
}
`;
