import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** One that is there and is no good is replaced when it is older. Machines that share a home and not a processor would replace each other's all the time. */
const REPLACED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * A run compiles no more than it calls, so the next ones add to what the first has left, `--version` perhaps: after 2 s, 16 s, 2 min and so
 * on, so that few runs take the 15 ms for it.
 */
const FIRST_ADDED_TO_AFTER_MS = 2000;

/** Others can write to it, and could say what runs. */
const OTHERS_CAN_WRITE = 0o022;

/** Around a module's source. */
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n});';

/** Enough for each of the program's files. */
const MEMORY_BYTES = 1024 * 1024;

/** What is held against its copy at a time. */
const PIECE_BYTES = 64 * 1024;

let memoryForAll = Buffer.alloc(0);

/** What is kept of one of the program's files. */
interface Kept {
  readonly code: Buffer;
  /** How often it was written by runs that could use what was there: up to 255. */
  readonly writtenTimes: number;
  /** When it was written last. */
  readonly writtenMs: number;
}

/** One of the program's files whose code is to be kept when the run ends. */
interface Compiled {
  readonly cachePath: string;
  readonly script: Script;
  /** 0 where nothing was there, or nothing of use. */
  readonly writtenTimes: number;
}

/** As Node's loader has it. */
type Loader = (module: NodeJS.Module, path: string) => void;

/**
 * Keeps what V8 compiled of the program's files in the user's own cache folder, so that the next start takes less. Node's own such cache,
 * which is there from 22.1 on, keeps nothing of a function that was first called after its file was loaded, and these are most. It never throws;
 * where `NODE_DISABLE_COMPILE_CACHE` is set, and where Node was told anything that V8 may compile by, nothing is kept.
 */
export function useCompileCache(): void {
  const { env, execArgv, versions } = process;
  if (versions.bun !== undefined || versions.deno !== undefined) return;
  if (env.NODE_DISABLE_COMPILE_CACHE || env.NODE_OPTIONS || execArgv.length > 0) return;
  const folder = cacheFolder();
  if (folder === undefined) return;
  const loaders = createRequire(import.meta.url).extensions as unknown as { '.js': Loader };
  const plainly = loaders['.js'];
  const compiled: Compiled[] = [];
  const own = dirname(fileURLToPath(import.meta.url));
  loaders['.js'] = (module, path) => {
    if (dirname(path) !== own) {
      plainly(module, path);
      return;
    }
    const cachePath = join(folder.path, basename(path));
    const source = readWrapped(path);
    const kept = readCache(cachePath);
    const script = loadScript(module, path, source, kept?.code);
    if (kept === undefined || script.cachedDataRejected === true)
      compiled.push({ cachePath, script, writtenTimes: 0 });
    else if (ageMs(kept.writtenMs) >= FIRST_ADDED_TO_AFTER_MS * 8 ** kept.writtenTimes)
      compiled.push({ cachePath, script, writtenTimes: Math.min(kept.writtenTimes + 1, 255) });
  };
  process.once('exit', () => {
    if (compiled.length === 0 || !makeFolder(folder)) return;
    for (const file of compiled) writeCache(file);
  });
}

/** Where compiled code is kept. */
interface CacheFolder {
  /** Is there, and is not made. */
  readonly home: string;
  /** What is made below it, one in the other. */
  readonly names: readonly string[];
  readonly path: string;
}

function cacheFolder(): CacheFolder | undefined {
  try {
    const { XDG_CACHE_HOME } = process.env;
    const home = XDG_CACHE_HOME ? dirname(XDG_CACHE_HOME) : homedir();
    const caches = XDG_CACHE_HOME ? basename(XDG_CACHE_HOME) : '.cache';
    const names = [caches, 'mapped-ram', 'compiled', `${process.version}-${process.arch}`];
    return { home, names, path: join(home, ...names) };
  } catch {
    // There is no home.
    return undefined;
  }
}

/**
 * Makes the folder where it is not there, for the user alone. Not in somebody else's home, which `sudo` may leave in the environment: they
 * could not write to what root makes there.
 *
 * @returns Whether it is there.
 */
function makeFolder({ home, names, path }: CacheFolder): boolean {
  try {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return true;
    let folder = home;
    for (const name of names) {
      const { uid } = statSync(folder);
      folder = join(folder, name);
      if (statSync(folder, { throwIfNoEntry: false }) !== undefined) continue;
      if (uid !== process.getuid?.()) return false;
      mkdirSync(folder, { mode: 0o700 });
    }
    return true;
  } catch {
    return false;
  }
}

/** Loads one of the program's files, which has a name of its own for each of its contents. */
function loadScript(
  module: NodeJS.Module,
  path: string,
  source: string,
  cachedData: Buffer | undefined,
): Script {
  const script = new Script(source, { filename: path, cachedData });
  const load = (name: string) => module.require(name);
  script.runInThisContext().call(module.exports, module.exports, load, module, path, dirname(path));
  return script;
}

/** A source, as Node makes a function of a CommonJS module. It is ASCII, and put together where it is read: V8 would copy it for that. */
function readWrapped(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const memory = room(HEAD.length + size + TAIL.length);
    memory.write(HEAD, 'latin1');
    const end = HEAD.length + readSync(descriptor, memory, HEAD.length, size, 0);
    return memory.toString('latin1', 0, end + memory.write(TAIL, end, 'latin1'));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * V8 does not look whether what it is given is whole, so that it is there twice: nothing that every Node has would sum it up as fast. A byte
 * behind both says how often it was written.
 */
function readCache(path: string): Kept | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { uid, mode, size, mtimeMs: writtenMs } = fstatSync(descriptor);
    if (uid !== process.getuid?.() || (mode & OTHERS_CAN_WRITE) !== 0) return undefined;
    const half = (size - 1) / 2;
    const memory = room(half + PIECE_BYTES);
    const code = memory.subarray(0, readSync(descriptor, memory, 0, half, 0));
    const piece = memory.subarray(half);
    for (let at = 0; at < half; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, half - at);
      const bytesRead = readSync(descriptor, piece, 0, length, half + at);
      if (!piece.subarray(0, bytesRead).equals(code.subarray(at, at + length))) return undefined;
    }
    readSync(descriptor, piece, 0, 1, size - 1);
    return { code, writtenTimes: piece[0] as number, writtenMs };
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Memory to read into, the same each time: what is touched for the first time takes longer than what it is read from. */
function room(lengthBytes: number): Buffer {
  if (memoryForAll.length < lengthBytes)
    memoryForAll = Buffer.allocUnsafeSlow(Math.max(lengthBytes, MEMORY_BYTES));
  return memoryForAll;
}

/** Keeps what is compiled by now, unless something of no use is there that is not old. */
function writeCache({ cachePath, script, writtenTimes }: Compiled): void {
  const part = `${cachePath}.${process.pid}`;
  try {
    const last = writtenTimes === 0 ? statSync(cachePath, { throwIfNoEntry: false }) : undefined;
    if (last !== undefined && ageMs(last.mtimeMs) < REPLACED_AFTER_MS) return;
    const code = script.createCachedData();
    writeFileSync(part, Buffer.concat([code, code, Buffer.of(writtenTimes)]), { mode: 0o600, flag: 'wx' });
    renameSync(part, cachePath);
  } catch {
    // There is no room, or the folder is somebody else's: the program is compiled as ever.
    discard(part);
  }
}

function ageMs(timeMs: number): number {
  return Date.now() - timeMs;
}

function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is not there.
  }
}
