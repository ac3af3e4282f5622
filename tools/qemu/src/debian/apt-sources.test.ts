import { expect, test } from 'vitest';
import { findDebianMirror, parseDeb822, parseSourcesList } from './apt-sources.js';

const mirror = 'http://mirror.example.org/debian';

test('deb822: fields, comments, continued lines, several paragraphs', () => {
  const text = `# a comment
Types: deb deb-src
# http://elsewhere.example.org
URIs: ${mirror}
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

types: deb
uris: http://security.example.org
suites: bookworm-security
components: main
`;
  expect(parseDeb822(text)).toEqual([
    {
      uri: mirror,
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    { uri: 'http://security.example.org', suites: ['bookworm-security'], components: ['main'] },
  ]);
});

test('deb822: sources that are off or hold no binaries are left out', () => {
  const source = (first: string) => `${first}\nURIs: ${mirror}\nSuites: trixie\nComponents: main\n`;
  expect(parseDeb822(source('Types: deb\nEnabled: no'))).toEqual([]);
  expect(parseDeb822(source('Types: deb-src'))).toEqual([]);
  expect(parseDeb822(source('Types: deb'))).toHaveLength(1);
});

test('one line each: options, comments, blank lines', () => {
  const text = `
# deb http://off.example.org trixie main
deb-src ${mirror} trixie main
deb [arch=amd64 signed-by=/etc/key.gpg] ${mirror} trixie main contrib # why
deb ${mirror} trixie-updates main
`;
  expect(parseSourcesList(text)).toEqual([
    { uri: mirror, suites: ['trixie'], components: ['main', 'contrib'], signedBy: '/etc/key.gpg' },
    { uri: mirror, suites: ['trixie-updates'], components: ['main'] },
  ]);
});

test('the mirror is the one of the main archive', () => {
  const sources = parseSourcesList(`deb http://packages.example.org/apt tool-bookworm main
deb http://security.example.org/debian-security bookworm-security main
deb ${mirror} bookworm main
`);
  expect(findDebianMirror(sources)?.uri).toBe(mirror);
});

test('another distribution has no mirror for us', () => {
  const sources = parseSourcesList('deb http://archive.example.org/ubuntu noble main universe');
  expect(findDebianMirror(sources)).toBeUndefined();
});
