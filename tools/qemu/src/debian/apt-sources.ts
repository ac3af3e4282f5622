import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package source of apt: where it is, which suites of it are used, and what its signatures are checked with. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** As it stands in the source; without one apt's trusted keys count. */
  readonly signedBy?: string;
}

function source(
  uri: string,
  suites: string[],
  components: string[],
  signedBy: string | undefined,
): AptSource {
  return { uri, suites, components, ...(signedBy === undefined ? {} : { signedBy }) };
}

const words = (text: string | undefined): string[] => text?.trim().split(/\s+/).filter(Boolean) ?? [];

/** Reads the deb822 format of `*.sources`: paragraphs of `Field: value`; a field goes on in lines that begin with a blank. */
export function parseDeb822(text: string): AptSource[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map<string, string>();
    for (const [, name, value] of paragraph.matchAll(/^([\w-]+):(.*(?:\n[ \t].*)*)/gm)) {
      fields.set((name ?? '').toLowerCase(), value ?? '');
    }
    if (!words(fields.get('types')).includes('deb') || fields.get('enabled')?.trim() === 'no') return [];
    // A key that is given in the source itself keeps its lines; a path has one.
    const signedBy = fields.get('signed-by')?.replace(/^[ \t]/, '');
    return words(fields.get('uris')).map((uri) =>
      source(uri, words(fields.get('suites')), words(fields.get('components')), signedBy),
    );
  });
}

/** Reads the one-line format of `*.list`: `deb [options] uri suite components...`. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, options, uri, suite, components] =
      /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line) ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options ?? '')?.[1];
    return [source(uri, [suite], words(components), signedBy)];
  });
}

/** The sources that this machine's apt uses. Empty where there is no apt. */
export function readAptSources(folder = '/etc/apt'): AptSource[] {
  const parts = join(folder, 'sources.list.d');
  const files = [join(folder, 'sources.list'), ...list(parts).map((name) => join(parts, name))];
  return files.flatMap((path) => {
    if (path.endsWith('.list')) return parseSourcesList(readIfThere(path));
    return path.endsWith('.sources') ? parseDeb822(readIfThere(path)) : [];
  });
}

const DEBIAN_SUITE = /^(stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)$/;

/** The first source that is a mirror of Debian's main archive (not of its security updates, nor of another distribution). */
export function findDebianMirror(sources: readonly AptSource[]): AptSource | undefined {
  return sources.find(
    ({ suites, components }) =>
      components.includes('main') && suites.some((suite) => DEBIAN_SUITE.test(suite)),
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
