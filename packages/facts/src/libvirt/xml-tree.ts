import { SaxesParser } from 'saxes';
import { type XmlElement, XmlError } from './xml-element.js';

/** A domain has about ten levels; libxml2 takes 256. */
const MAX_DEPTH = 256;

type Building = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] };

/**
 * Reads an XML text by the rules of XML 1.0. Entities that a document type declares are not known: what uses one is refused.
 *
 * @param text Bounded by the caller: the tree takes some times its size.
 * @throws XmlError where it is not well-formed, or more than 256 levels deep.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const open: Building[] = [];
  let root: XmlElement | undefined;
  let tagStart = 0;
  parser.on('error', ({ message }) => {
    throw new XmlError(message.replace(/^\d+:\d+: /, ''), parser.position);
  });
  parser.on('opentagstart', () => {
    tagStart = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length === MAX_DEPTH) throw new XmlError(`more than ${MAX_DEPTH} levels`, parser.position);
    const place = { start: tagStart, end: parser.position };
    const content = { contentStart: parser.position, contentEnd: parser.position };
    open.push({ name, attributes, children: [], text: '', ...place, ...content });
  });
  const addText = (more: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', ({ isSelfClosing }) => {
    const element = open.pop();
    if (element === undefined) return;
    element.end = parser.position;
    element.contentEnd = isSelfClosing ? parser.position : text.lastIndexOf('</', parser.position - 1);
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(text).close();
  if (root === undefined) throw new XmlError('there is no element', 0);
  return root;
}
