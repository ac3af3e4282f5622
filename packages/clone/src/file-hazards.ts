import { stat, statfs } from 'node:fs/promises';

/** Something that can make a clone's memory change under it, or keep it from being shared. */
export interface CloneWarning {
  readonly code: 'writable-file' | 'unsound-file-system' | 'unknown-machine' | 'shared-file' | 'fixed-port';
  /** One sentence. */
  readonly message: string;
}

const ANY_WRITE_BIT = 0o222;

/** File systems (by the kernel's numbers for them) on which a private mapping does not hold still, or does not work. */
const UNSOUND_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff53_4d42, 'CIFS'],
  [0xfe53_4d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x0102_1997, '9p'],
  [0x6573_5546, 'FUSE or virtiofs'],
  [0x00c3_6400, 'Ceph'],
  [0x5346_414f, 'AFS'],
  [0x0116_1970, 'GFS2'],
  [0x7461_636f, 'OCFS2'],
  [0x0bd0_0bd0, 'Lustre'],
  [0x4750_4653, 'GPFS'],
  [0x786f_4256, 'a VirtualBox shared folder'],
]);

/** What about a file speaks against mapping it into VMs. */
export async function findHazards(path: string): Promise<CloneWarning[]> {
  const warnings: CloneWarning[] = [];
  const { mode } = await stat(path);
  if ((mode & ANY_WRITE_BIT) !== 0) {
    warnings.push({
      code: 'writable-file',
      message: `${path} can be written to, and whatever is written shows up in running clones; take that away with chmod a-w`,
    });
  }
  const name = UNSOUND_FILE_SYSTEMS.get((await statfs(path)).type);
  if (name !== undefined) {
    warnings.push({
      code: 'unsound-file-system',
      message: `${path} is on ${name}, where others can change the file and a mapping may fail later; copy it to a local disk`,
    });
  }
  return warnings;
}
