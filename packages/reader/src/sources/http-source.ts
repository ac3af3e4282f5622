import { checkOptions, functionOption, MappedRamError, objectOption, signalOption } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';

/** Bytes of the first request, which also tells the size: they are held, since every reader begins with them. */
const HEAD_BYTES = 64 * 1024;

/** What a source needs of an answer; that of the platform's `fetch` is one. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
  } | null;
}

/** What a source needs of `fetch`. */
export type FetchLike = (
  url: string,
  init: { readonly headers: Record<string, string>; readonly signal?: AbortSignal },
) => Promise<ResponseLike>;

/** How a server is asked. */
export interface HttpSourceOptions {
  /** Asks the server; the platform's `fetch` if not given. Retries and credentials are its affair. */
  readonly fetch?: FetchLike;
  /** Headers of every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends opening; a read has a signal of its own. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a file on a server that serves ranges (RFC 9110, 14). Each read is a request: put `cachedSource` of `@mapped-ram/reader/cached`
 * before it. That the file stays the same is checked with every answer, by its size, `ETag` and `Last-Modified`.
 *
 * @throws MappedRamError `read-failed` where the server cannot be asked, has no such file, or serves no ranges; the signal's reason.
 * @throws TypeError, RangeError where the address or an option is not one.
 */
export async function openHttpSource(
  url: string | URL,
  options: HttpSourceOptions = {},
): Promise<ByteSource> {
  checkOptions<HttpSourceOptions>(options, {
    fetch: functionOption,
    headers: objectOption,
    signal: signalOption,
  });
  const server = new RangeServer(new URL(url), options);
  const head = new Uint8Array(HEAD_BYTES);
  const { filled, sizeBytes } = await server.read(head, 0, options.signal);
  return {
    name: server.name,
    sizeBytes,
    async read(target, byteOffset, { signal } = {}) {
      const wanted = target.subarray(0, Math.max(0, Math.min(target.length, sizeBytes - byteOffset)));
      if (wanted.length === 0) return 0;
      if (byteOffset + wanted.length <= filled) {
        wanted.set(head.subarray(byteOffset, byteOffset + wanted.length));
        return wanted.length;
      }
      return (await server.read(wanted, byteOffset, signal)).filled;
    },
    async close() {},
  };
}

/** What tells whether a file is still the same one. */
interface Version {
  readonly sizeBytes: number;
  readonly etag: string | null;
  readonly modified: string | null;
}

class RangeServer {
  /** The address without what may be secret in it. */
  readonly name: string;
  readonly #url: string;
  readonly #fetch: FetchLike;
  readonly #headers: Readonly<Record<string, string>>;
  #version: Version | undefined;

  constructor(url: URL, { fetch: ask, headers = {} }: HttpSourceOptions) {
    this.name = `${url.origin}${url.pathname}`;
    this.#url = url.href;
    this.#fetch = ask ?? ((address, init) => fetch(address, init));
    this.#headers = headers;
  }

  async read(
    target: Uint8Array,
    byteOffset: number,
    signal: AbortSignal | undefined,
  ): Promise<{ filled: number; sizeBytes: number }> {
    try {
      const lastByte = byteOffset + target.length - 1;
      const response = await this.#fetch(this.#url, {
        headers: {
          ...this.#headers,
          'accept-encoding': 'identity',
          range: `bytes=${byteOffset}-${lastByte}`,
        },
        ...(signal !== undefined && { signal }),
      });
      const range = rangeOf(response);
      const version = this.#check(response, range, byteOffset);
      const wantedBytes = Math.min(target.length, version.sizeBytes - byteOffset);
      if (wantedBytes > 0) await fill(target.subarray(0, wantedBytes), response);
      else await response.body?.getReader().cancel();
      return { filled: wantedBytes, sizeBytes: version.sizeBytes };
    } catch (cause) {
      signal?.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new MappedRamError('read-failed', {
        what: `reading ${this.name} failed: ${reason}`,
        byteOffset,
        cause,
      });
    }
  }

  #check({ status, headers }: ResponseLike, range: ContentRange | undefined, byteOffset: number): Version {
    if (status === 200) throw new Error('the server serves no ranges, only the file as a whole');
    const isEmpty = status === 416 && range?.sizeBytes === 0;
    if (status !== 206 && !isEmpty) throw new Error(`the server answered with status ${status}`);
    if (range === undefined)
      throw new Error('the server does not say which range it sends, or how large the file is');
    if (!isEmpty && range.from !== byteOffset) throw new Error('the server sends another range');
    if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
      throw new Error('the server encodes what it sends');
    }
    const version: Version = {
      sizeBytes: range.sizeBytes,
      etag: headers.get('etag'),
      modified: headers.get('last-modified'),
    };
    this.#version ??= version;
    const { sizeBytes, etag, modified } = this.#version;
    if (version.sizeBytes !== sizeBytes || version.etag !== etag || version.modified !== modified) {
      throw new Error('the file became another one');
    }
    return version;
  }
}

interface ContentRange {
  readonly from: number;
  readonly sizeBytes: number;
}

/** `bytes 0-99/1234`; of an empty file `bytes *` and `/0`. */
function rangeOf({ headers }: ResponseLike): ContentRange | undefined {
  const match = /^bytes (?:(\d{1,16})-\d{1,16}|\*)\/(\d{1,16})$/.exec(headers.get('content-range') ?? '');
  if (match === null) return undefined;
  const sizeBytes = Number(match[2]);
  return Number.isSafeInteger(sizeBytes) ? { from: Number(match[1] ?? 0), sizeBytes } : undefined;
}

/** Takes as much as was asked for, however much is sent. */
async function fill(target: Uint8Array, { body }: ResponseLike): Promise<void> {
  const reader = body?.getReader();
  let filled = 0;
  while (reader !== undefined && filled < target.length) {
    const { done, value } = await reader.read();
    if (done || value === undefined) break;
    const piece = value.subarray(0, target.length - filled);
    target.set(piece, filled);
    filled += piece.length;
  }
  await reader?.cancel();
  if (filled < target.length) throw new Error(`the server sent ${filled} of ${target.length} bytes`);
}
