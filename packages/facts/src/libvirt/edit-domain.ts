import { findCommandLine, type LibvirtDomain, QEMU_NAMESPACE } from './domain.js';
import { parseDomain } from './parse-domain.js';
import { childOf, type XmlElement } from './xml-element.js';

/** Text that goes in place of a part of another. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a domain is to be called. */
export interface DomainIdentity {
  readonly name?: string | undefined;
  readonly uuid?: string | undefined;
}

/** The domain under another name or UUID; all else is left as it is written. */
export function renameDomain(domain: LibvirtDomain, { name, uuid }: DomainIdentity): LibvirtDomain {
  const { root } = domain;
  const edits: Edit[] = [];
  const nameElement = childOf(root, 'name');
  if (name !== undefined && nameElement !== undefined) edits.push(contentOf(nameElement, name));
  const uuidElement = childOf(root, 'uuid');
  if (uuid !== undefined && uuidElement !== undefined) edits.push(contentOf(uuidElement, uuid));
  else if (uuid !== undefined && nameElement !== undefined) {
    edits.push({ start: nameElement.end, end: nameElement.end, text: `<uuid>${escapeXml(uuid)}</uuid>` });
  }
  return edited(domain, edits);
}

/** The domain without some of its elements, none of which is in another of them. */
export function dropElements(domain: LibvirtDomain, elements: readonly XmlElement[]): LibvirtDomain {
  return edited(
    domain,
    elements.map(({ start, end }) => ({ start, end, text: '' })),
  );
}

/** The domain with more arguments for QEMU, behind those that it has. */
export function addQemuArguments(domain: LibvirtDomain, args: readonly string[]): LibvirtDomain {
  const { root } = domain;
  const element = findCommandLine(root);
  if (element !== undefined && element.contentStart < element.end) {
    const colon = element.name.indexOf(':');
    const prefix = colon < 0 ? '' : element.name.slice(0, colon + 1);
    const at = element.contentEnd;
    return edited(domain, [{ start: at, end: at, text: argumentLines(prefix, args) }]);
  }
  // libvirt hands on what is in the namespace, wherever that is declared.
  const text = `  <qemu:commandline xmlns:qemu='${QEMU_NAMESPACE}'>\n${argumentLines('qemu:', args)}  </qemu:commandline>\n`;
  const place = element ?? { start: root.contentEnd, end: root.contentEnd };
  return edited(domain, [{ start: place.start, end: place.end, text }]);
}

/** The domain with other values of attributes. */
export function changeAttributes(
  domain: LibvirtDomain,
  changes: readonly { readonly element: XmlElement; readonly name: string; readonly value: string }[],
): LibvirtDomain {
  const edits = changes.flatMap(({ element, name, value }): Edit[] => {
    const tag = domain.xml.slice(element.start, element.contentStart);
    const found = new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`).exec(tag);
    if (found === null) return [];
    const start = element.start + found.index;
    return [{ start, end: start + found[0].length, text: ` ${name}='${escapeXml(value)}'` }];
  });
  return edited(domain, edits);
}

function argumentLines(prefix: string, args: readonly string[]): string {
  return args.map((arg) => `    <${prefix}arg value='${escapeXml(arg)}'/>\n`).join('');
}

function contentOf(element: XmlElement, text: string): Edit {
  if (element.contentStart < element.end) {
    return { start: element.contentStart, end: element.contentEnd, text: escapeXml(text) };
  }
  const { start, end, name } = element;
  return { start, end, text: `<${name}>${escapeXml(text)}</${name}>` };
}

/** Made anew, so that places and values are those of the new text. */
function edited({ xml }: LibvirtDomain, edits: readonly Edit[]): LibvirtDomain {
  let text = xml;
  for (const edit of [...edits].sort((a, b) => b.start - a.start)) {
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  }
  return parseDomain(text);
}

/** As text of an element or value of an attribute. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');
}
