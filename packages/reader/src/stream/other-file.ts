/** A kind of file that is no migration stream and that people take for one. */
export interface OtherFile {
  /** With its article: `a tar archive`. */
  readonly kind: string;
  /** What helps, or why nothing does. */
  readonly advice?: string | undefined;
}

interface KnownFile extends OtherFile {
  /** What such files have at an offset, in Latin-1; lower and upper case are the same where it is text. */
  readonly begins: string;
  readonly at?: number;
  readonly isText?: boolean;
}

const ELSEWHERE = 'a snapshot of another hypervisor is nothing that QEMU restores';
const NO_SNAPSHOTS = 'only qcow2 images hold snapshots of QEMU with memory';
const NO_DEVICES = 'memory without devices, which QEMU cannot restore';

/** The most special first. */
const KNOWN: readonly KnownFile[] = [
  { begins: 'ustar', at: 257, kind: 'a tar archive', advice: '`tar -xf` takes files out of it' },
  { begins: 'PK\x03\x04', kind: 'a zip archive', advice: '`unzip` takes files out of it' },
  { begins: '7z\xbc\xaf\x27\x1c', kind: 'a 7-Zip archive', advice: '`7z x` takes files out of it' },
  { begins: 'Rar!\x1a\x07', kind: 'a RAR archive' },
  { begins: '\x1f\x8b', kind: 'compressed by gzip' },
  { begins: 'BZh', kind: 'compressed by bzip2' },
  { begins: '\xfd7zXZ\0', kind: 'compressed by xz' },
  { begins: '\x89LZO\0\r\n\x1a\n', kind: 'compressed by lzop' },
  { begins: '\x28\xb5\x2f\xfd', kind: 'compressed by zstd' },
  { begins: '\x04\x22\x4d\x18', kind: 'compressed by lz4' },
  { begins: '\x02\x21\x4c\x18', kind: 'compressed by lz4', advice: '`lz4 -d` unpacks it' },
  { begins: 'LZIP', kind: 'compressed by lzip', advice: '`lzip -d` unpacks it' },
  { begins: '\x1f\x9d', kind: 'compressed by compress', advice: '`gzip -d` unpacks it' },
  { begins: 'QFI\xfb', kind: 'a disk image (qcow2)' },
  { begins: 'KDMV', kind: 'a disk image of VMware', advice: NO_SNAPSHOTS },
  { begins: '# Disk DescriptorFile', kind: 'a disk image of VMware', advice: NO_SNAPSHOTS },
  { begins: '<<< ', kind: 'a disk image of VirtualBox', advice: NO_SNAPSHOTS },
  { begins: 'vhdxfile', kind: 'a disk image of Hyper-V', advice: NO_SNAPSHOTS },
  { begins: 'conectix', kind: 'a disk image of Virtual PC', advice: NO_SNAPSHOTS },
  { begins: 'LUKS\xba\xbe', kind: 'encrypted by LUKS', advice: '`cryptsetup open` decrypts it' },
  { begins: 'age-encryption.org/', kind: 'encrypted by age', advice: '`age -d` decrypts it' },
  { begins: '\x7fVirtualBox SavedState', kind: 'a saved state of VirtualBox', advice: ELSEWHERE },
  { begins: '\xd0\xbe\xd2\xbe', kind: 'a suspended state of VMware', advice: ELSEWHERE },
  { begins: '\xd1\xba\xd1\xba', kind: 'a suspended state of VMware', advice: ELSEWHERE },
  { begins: '\xd2\xbe\xd2\xbe', kind: 'a suspended state of VMware', advice: ELSEWHERE },
  { begins: '\xd3\xbe\xd3\xbe', kind: 'a suspended state of VMware', advice: ELSEWHERE },
  { begins: 'Xen saved domain', kind: 'a saved domain of Xen', advice: ELSEWHERE },
  { begins: 'LibxlFmt', kind: 'a saved domain of Xen', advice: ELSEWHERE },
  { begins: 'KDUMP   ', kind: 'a crash dump (kdump)', advice: NO_DEVICES },
  { begins: 'makedumpfile', kind: 'a crash dump (kdump)', advice: NO_DEVICES },
  { begins: '\x7fELF', kind: 'an ELF file', advice: `a core is ${NO_DEVICES}` },
  {
    ...{ begins: 'version https://git-lfs', kind: 'a pointer of Git LFS', isText: true },
    advice: '`git lfs pull` fetches the file',
  },
  {
    ...{ begins: '/annex/objects/', kind: 'a pointer of git-annex', isText: true },
    advice: '`git annex get` fetches the file',
  },
  {
    ...{ begins: '<!doctype html', kind: 'a web page', isText: true },
    advice: 'the server sent it in place of the file',
  },
  { begins: '<html', kind: 'a web page', isText: true, advice: 'the server sent it in place of the file' },
  {
    ...{ begins: '<domain', kind: 'the XML of a libvirt domain', isText: true },
    advice: 'the snapshot is another file',
  },
];

/** Bytes of a file's beginning that tell. */
export const OTHER_FILE_BYTES = 512;

/** What a file is that begins like this and is no migration stream; undefined where nothing tells. */
export function recogniseOther(head: Uint8Array): OtherFile | undefined {
  const latin1 = String.fromCharCode(...head.subarray(0, OTHER_FILE_BYTES));
  const text = latin1.trimStart().toLowerCase();
  const found = KNOWN.find(({ begins, at = 0, isText }) =>
    isText === true ? text.startsWith(begins) : latin1.startsWith(begins, at),
  );
  return found && { kind: found.kind, advice: found.advice };
}
