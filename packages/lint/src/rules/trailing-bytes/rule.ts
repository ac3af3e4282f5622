import { vmdescriptionProblems } from '../../facts/problem-match.js';
import { hex, sizeText } from '../../facts/quantities.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const trailingBytesRule: Rule = {
  id: 'trailing-bytes',
  title: 'Bytes follow the stream',
  severity: 'note',
  needs: 'headers',
  clauses: ['END-3', 'END-2'],
  description: `QEMU does not look at what follows the stream. It is normal where the stream was taken out of a larger
area, such as the VM state of a qcow2 file or a block device. In a file that QEMU wrote there is nothing there: it cuts
the file off before it saves.`,
  qemu: [{ outcome: 'restores', says: 'It does not look at bytes behind the stream.' }],
  remedy: 'Nothing has to be done. Cut the file off at the end of the stream to be rid of them.',
  *check(context) {
    const { snapshot, file } = context;
    if (!walkedToEnd(context) || vmdescriptionProblems(context).length > 0) return;
    const byteLength = file.sizeBytes - snapshot.endOffset;
    if (byteLength <= 0) return;
    yield {
      message: `The stream ends at ${hex(snapshot.endOffset)}, and ${sizeText(byteLength)} follow it.`,
      span: { byteOffset: snapshot.endOffset, byteLength },
      where: 'stream',
    };
  },
};
