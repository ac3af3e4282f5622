import type { ByteSource, ByteSpan, StreamModel } from '@mapped-ram/reader';
import type { LibvirtDomain } from './domain.js';
import { XmlError } from './xml-element.js';

/** Domains have some KiB of XML; libvirt sets no limit of its own. */
const MAX_XML_BYTES = 4 * 1024 * 1024;

/**
 * What the domain XML of a save image came to:
 *
 * - `read`: the domain;
 * - `bad`: libvirt cannot use it, and why;
 * - `not-judged`: it is beyond what is looked at here: longer than 4 MiB, or with a document type.
 */
export type DomainReading =
  | { readonly kind: 'read'; readonly domain: LibvirtDomain; readonly span: ByteSpan }
  | { readonly kind: 'bad' | 'not-judged'; readonly because: string; readonly span: ByteSpan };

/**
 * Reads the domain XML of a libvirt save image.
 *
 * @returns undefined where the file is no such image, or ends before the XML does.
 * @throws MappedRamError `read-failed`.
 */
export async function readLibvirtDomain(
  { libvirt }: Pick<StreamModel, 'libvirt'>,
  source: ByteSource,
): Promise<DomainReading | undefined> {
  const place = xmlSpan(libvirt);
  if (place === undefined || place.byteOffset + place.byteLength > source.sizeBytes) return undefined;
  if (place.byteLength > MAX_XML_BYTES) {
    return { kind: 'not-judged', because: 'it is longer than 4 MiB', span: place };
  }
  const bytes = new Uint8Array(place.byteLength);
  await source.read(bytes, place.byteOffset);
  const nul = bytes.indexOf(0);
  const used = nul < 0 ? bytes : bytes.subarray(0, nul);
  const span = { byteOffset: place.byteOffset, byteLength: used.length };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(used);
  } catch {
    return { kind: 'bad', because: 'it is not proper UTF-8', span };
  }
  if (/<!DOCTYPE/.test(text)) {
    return { kind: 'not-judged', because: 'it has a document type, which libvirt does not write', span };
  }
  // Most snapshots are no images, and need no XML parser.
  const { parseDomain } = await import('./parse-domain.js');
  try {
    return { kind: 'read', domain: parseDomain(text), span };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const before = new TextEncoder().encode(text.slice(0, error.position)).length;
    const byteOffset = span.byteOffset + Math.min(before, Math.max(0, span.byteLength - 1));
    return { kind: 'bad', because: error.message, span: { byteOffset, byteLength: 1 } };
  }
}

/** Where the XML lies, with the NUL behind it; the cookie ends it, where there is one. */
function xmlSpan(libvirt: StreamModel['libvirt']): ByteSpan | undefined {
  if (libvirt === undefined) return undefined;
  const { byteOffset, byteLength, dataLengthBytes, cookieOffset } = libvirt;
  const end = cookieOffset > 0 ? cookieOffset : dataLengthBytes;
  return { byteOffset: byteOffset + byteLength, byteLength: end };
}

/**
 * Reads the cookie of a libvirt save image: what libvirt itself has to remember of the domain.
 *
 * @returns undefined where there is none, or none that could be one.
 * @throws MappedRamError `read-failed`.
 */
export async function readLibvirtCookie(
  { libvirt }: Pick<StreamModel, 'libvirt'>,
  source: ByteSource,
): Promise<string | undefined> {
  if (libvirt === undefined || libvirt.cookieOffset === 0) return undefined;
  const lengthBytes = libvirt.dataLengthBytes - libvirt.cookieOffset;
  const byteOffset = libvirt.byteOffset + libvirt.byteLength + libvirt.cookieOffset;
  if (lengthBytes <= 0 || lengthBytes > MAX_XML_BYTES || byteOffset + lengthBytes > source.sizeBytes) {
    return undefined;
  }
  const bytes = new Uint8Array(lengthBytes);
  await source.read(bytes, byteOffset);
  const [cookie = ''] = new TextDecoder().decode(bytes).split('\0', 1);
  return cookie === '' ? undefined : cookie;
}
