/** What a variable of the kernel is: a structure or a number, or a pointer to it, or an array of them. */
export interface SymbolType {
  readonly structure?: string;
  readonly number?: string;
  readonly pointer?: true;
  readonly count?: number;
}

const list: SymbolType = { structure: 'list_head' };

/**
 * Variables whose types volatility3's plugins for Linux ask for, and which the kernel's own types (BTF) do not tell. As the kernel declares them;
 * the length of an array without one of its own is the least that it can have.
 */
export const SYMBOL_TYPES: Readonly<Record<string, SymbolType | undefined>> = {
  init_task: { structure: 'task_struct' },
  init_mm: { structure: 'mm_struct' },
  init_files: { structure: 'files_struct' },
  init_fs: { structure: 'fs_struct' },
  init_cred: { structure: 'cred' },
  init_pid_ns: { structure: 'pid_namespace' },
  init_uts_ns: { structure: 'uts_namespace' },
  init_net: { structure: 'net' },
  init_user_ns: { structure: 'user_namespace' },
  modules: list,
  super_blocks: list,
  tty_drivers: list,
  net_namespace_list: list,
  file_systems: { structure: 'file_system_type', pointer: true },
  module_kset: { structure: 'kset', pointer: true },
  iomem_resource: { structure: 'resource' },
  ioport_resource: { structure: 'resource' },
  prog_idr: { structure: 'idr' },
  map_idr: { structure: 'idr' },
  link_idr: { structure: 'idr' },
  mod_tree: { structure: 'mod_tree_root' },
  prb: { structure: 'printk_ringbuffer', pointer: true },
  idt_table: { structure: 'gate_struct', count: 256 },
  keyboard_notifier_list: { structure: 'atomic_notifier_head' },
  ftrace_ops_list: { structure: 'ftrace_ops', pointer: true },
  vmap_area_list: list,
  mount_hashtable: { structure: 'hlist_head', pointer: true },
  sock_diag_handlers: { structure: 'sock_diag_handler', pointer: true, count: 1 },
  tcp_hashinfo: { structure: 'inet_hashinfo' },
  tk_core: { structure: 'timekeeper' },
  socket_file_ops: { structure: 'file_operations' },
  sockfs_dentry_operations: { structure: 'dentry_operations' },
  linux_banner: { number: 'char', count: 1 },
  saved_command_line: { number: 'char', pointer: true },
  page_offset_base: { number: 'long unsigned int' },
  vmemmap_base: { number: 'long unsigned int' },
  vmalloc_base: { number: 'long unsigned int' },
  phys_base: { number: 'long unsigned int' },
  __per_cpu_offset: { number: 'long unsigned int', count: 1 },
  nr_cpu_ids: { number: 'unsigned int' },
  jiffies: { number: 'long unsigned int' },
};
