import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser } from './find-browser.js';

/** What the page gets from the server that it comes from. */
export interface Site {
  /** The page's one script, a module. What it posts to `/result` is the result; `/failure` ends the run with an error. */
  readonly script: string;
  /** The page's content security policy. */
  readonly policy: string;
  /** Files by their paths, served whole and by ranges. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/**
 * Opens a page in a new browser and waits for what it posts.
 *
 * @param folder - an empty folder for the browser's profile
 * @throws Error with what the page posted to `/failure`, or if the browser ends before there is a result
 */
export async function runInBrowser(browser: Browser, site: Site, folder: string): Promise<string> {
  let settle: (error: Error | undefined, result?: string) => void = () => {};
  const result = new Promise<string>((resolve, reject) => {
    settle = (error, text = '') => (error === undefined ? resolve(text) : reject(error));
  });
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return serve(site, request, response);
    const body = await text(request);
    response.end();
    settle(request.url === '/result' ? undefined : new Error(body), body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const profile = `--user-data-dir=${join(folder, 'profile')}`;
  const child = spawn(browser.file, ['--no-sandbox', '--disable-gpu', profile, address], { stdio: 'ignore' });
  child.on('error', (error) => settle(error));
  child.on('exit', (status) => settle(new Error(`${browser.name} ended with ${status}`)));
  try {
    return await result;
  } finally {
    child.kill();
    server.closeAllConnections();
    server.close();
  }
}

function serve(
  { script, policy, files }: Site,
  { url = '/', headers }: IncomingMessage,
  response: ServerResponse,
) {
  response.setHeader('content-security-policy', policy);
  if (url === '/') {
    response.setHeader('content-type', 'text/html');
    return response.end('<!doctype html><script type="module" src="/script.js"></script>');
  }
  if (url === '/script.js') {
    response.setHeader('content-type', 'text/javascript');
    return response.end(script);
  }
  const file = files[url];
  if (file === undefined) return response.writeHead(404).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (range === null) return response.end(file);
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, file.length)];
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${file.length}`, etag: '"1"' });
  return response.end(file.subarray(start, end));
}
