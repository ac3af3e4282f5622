import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import { readSymbols } from '../symbols/kernel-symbols.js';
import { readTypes } from '../types/read-types.js';
import { StructLayout } from '../types/struct-layout.js';
import { residentPages } from './resident-pages.js';
import { taskStateLetter } from './task-state.js';

/** Linux has no more process ids (include/linux/threads.h, PID_MAX_LIMIT). */
const MAX_TASKS = 4 * 1024 * 1024;

const MAX_TASK_BYTES = 64 * 1024;
const NAME_BYTES = 16;

/** A process, or one of its threads, as its kernel has it. All of it comes from the guest. */
export interface GuestTask {
  /** Of the thread; of a process's first thread, that of the process. */
  readonly threadId: number;
  /** Of the process. */
  readonly pid: number;
  /** Of the process that started it, or has taken it over; 0 where there is none. */
  readonly parentPid: number;
  /** At most 15 bytes. */
  readonly name: string;
  /** As `ps` has it: R, S, D, I, T, t, Z, X. */
  readonly state: string;
  /** Where its `task_struct` is. */
  readonly address: bigint;
  /** The memory that it has addresses for, and that part of it which is there, in bytes; undefined of a thread of the kernel. */
  readonly memory: { readonly virtualBytes: bigint; readonly residentBytes: bigint } | undefined;
}

/** What to list. */
export interface ListTasksOptions {
  /** Also threads beside the first of each process. */
  readonly threads?: boolean | undefined;
}

/**
 * Lists a guest's processes, in the order of the kernel's list: by the time when they were started. It needs the symbols and the types that the
 * kernel has in itself.
 *
 * @throws MappedRamError `unsupported` where the kernel has none, or its lists do not close; as reading pages does.
 */
export async function* listTasks(
  guest: LinuxGuest,
  { threads = false }: ListTasksOptions = {},
): AsyncGenerator<GuestTask, void, undefined> {
  const reader = await TaskReader.open(guest);
  const seen = new Set<bigint>();
  for await (const leader of reader.processes()) {
    for await (const task of threads ? reader.threadsOf(leader) : [leader]) {
      if (seen.size >= MAX_TASKS || seen.has(task)) throw broken('lists of processes do not close');
      seen.add(task);
      yield await reader.read(task);
    }
  }
}

class TaskReader {
  readonly #memory: LinuxGuest['memory'];
  readonly #layout: StructLayout;
  readonly #pageSize: bigint;
  readonly #initTask: bigint;
  readonly #residentPages: Awaited<ReturnType<typeof residentPages>>;
  readonly #at: ReturnType<typeof taskOffsets>;
  /** Of the process that was read last, whose threads are the next. */
  #last: { readonly mm: bigint; readonly memory: GuestTask['memory'] } | undefined;
  #threadsRead = 0;

  private constructor(
    { memory, info }: LinuxGuest,
    layout: StructLayout,
    initTask: bigint,
    resident: Awaited<ReturnType<typeof residentPages>>,
  ) {
    this.#memory = memory;
    this.#layout = layout;
    this.#pageSize = BigInt(info.pageSize);
    this.#initTask = initTask;
    this.#residentPages = resident;
    this.#at = taskOffsets(layout);
  }

  static async open(guest: LinuxGuest): Promise<TaskReader> {
    const symbols = await readSymbols(guest);
    const layout = new StructLayout(await readTypes(guest, symbols));
    const resident = await residentPages(guest.memory, symbols, layout);
    return new TaskReader(guest, layout, symbols.address('init_task'), resident);
  }

  /** Each process's first thread. The list's head, the idle task of the first processor, is left out. */
  async *processes(): AsyncGenerator<bigint, void, undefined> {
    yield* this.#list(this.#initTask + BigInt(this.#at.tasks), this.#at.tasks, 'processes');
  }

  /** All threads of a process. */
  async *threadsOf(leader: bigint): AsyncGenerator<bigint, void, undefined> {
    const signal = await this.#memory.u64(leader + BigInt(this.#at.signal), 'a process');
    // Of a thread that is on its way out, nothing is left.
    if (signal === 0n) yield leader;
    else yield* this.#list(signal + BigInt(this.#at.threadHead), this.#at.threadNode, 'threads');
  }

  async read(task: bigint): Promise<GuestTask> {
    const view = await this.#memory.read(task, this.#at.size, 'a process');
    const mm = view.getBigUint64(this.#at.mm, true);
    const parent = view.getBigUint64(this.#at.parent, true);
    return {
      threadId: view.getInt32(this.#at.pid, true),
      pid: view.getInt32(this.#at.tgid, true),
      parentPid: (await this.#memory.read(parent + BigInt(this.#at.tgid), 4, 'a process')).getInt32(0, true),
      name: nameOf(new Uint8Array(view.buffer, view.byteOffset + this.#at.comm, NAME_BYTES)),
      state: taskStateLetter(view.getUint32(this.#at.state, true), view.getUint32(this.#at.exitState, true)),
      address: task,
      memory: mm === 0n ? undefined : await this.#memoryOf(mm, task),
    };
  }

  async #memoryOf(mm: bigint, task: bigint): Promise<GuestTask['memory']> {
    if (this.#last?.mm === mm) return this.#last.memory;
    const at = mm + BigInt(this.#layout.offset('mm_struct', 'total_vm'));
    const pages = await this.#memory.u64(at, 'a process’s memory');
    const memory = {
      virtualBytes: pages * this.#pageSize,
      residentBytes: (await this.#residentPages(mm, () => this.#threadsToCount(task))) * this.#pageSize,
    };
    this.#last = { mm, memory };
    return memory;
  }

  async *#threadsToCount(task: bigint): AsyncGenerator<bigint, void, undefined> {
    for await (const thread of this.threadsOf(task)) {
      if (++this.#threadsRead > MAX_TASKS) throw broken('lists of threads do not close');
      yield thread;
    }
  }

  /** What is in a list, without its head. @param link Where in each the next one is pointed to */
  async *#list(head: bigint, link: number, what: string): AsyncGenerator<bigint, void, undefined> {
    let count = 0;
    for (let at = await this.#memory.u64(head, `a list of ${what}`); at !== head; ) {
      if (++count > MAX_TASKS) throw broken(`list of ${what} does not close`);
      yield BigInt.asUintN(64, at - BigInt(link));
      at = await this.#memory.u64(at, `a list of ${what}`);
    }
  }
}

/** Where in a `task_struct` things are. */
function taskOffsets(layout: StructLayout) {
  const at = (path: string) => layout.offset('task_struct', path);
  const size = layout.size('task_struct');
  const offsets = {
    tasks: at('tasks'),
    threadNode: at('thread_node'),
    signal: at('signal'),
    pid: at('pid'),
    tgid: at('tgid'),
    parent: at('real_parent'),
    comm: at('comm'),
    mm: at('mm'),
    exitState: at('exit_state'),
    // Another name since Linux 5.14.
    state: layout.tryFind('task_struct', '__state')?.offset ?? at('state'),
    threadHead: layout.offset('signal_struct', 'thread_head'),
  };
  const last = Math.max(...Object.values(offsets));
  if (size > MAX_TASK_BYTES || last + NAME_BYTES > Math.max(size, offsets.threadHead + NAME_BYTES)) {
    throw new MappedRamError('unsupported', { what: 'the guest’s task_struct cannot be', actual: size });
  }
  return { ...offsets, size };
}

function nameOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}

function broken(what: string): MappedRamError {
  return new MappedRamError('unsupported', {
    what: `the guest’s ${what}: it was saved in the middle of a change, or is not understood`,
  });
}
