import { vector } from '../builder/define.js';
import { be, concat, type Mutation } from '../builder/mutation.js';

/** Puts a command in front of the END of ram. */
function addCommand(m: Mutation, command: number, data: Uint8Array = new Uint8Array(0)): void {
  m.insert(m.ramEnd.typeOffset, concat(Uint8Array.of(0x08), be(2, command), be(2, data.length), data));
}

/** Command records. */
export const commandVectors = [
  vector('commands/unknown', {
    what: 'A command has the number 99.',
    why: 'QEMU refuses what it does not know.',
    clauses: ['COMMAND-3'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-unknown'],
    mutate: (m) => addCommand(m, 99),
  }),
  vector('commands/number-0', {
    what: 'A command has the number 0.',
    why: 'The numbers start at 1; 0 is in QEMU’s table and still not a command.',
    clauses: ['COMMAND-2', 'COMMAND-3'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-unknown'],
    mutate: (m) => addCommand(m, 0),
  }),
  vector('commands/length-wrong', {
    what: 'The command SWITCHOVER_START comes with a byte of data.',
    why: 'Its data has the length 0.',
    clauses: ['COMMAND-2', 'COMMAND-3'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-length'],
    mutate: (m) => addCommand(m, 11, Uint8Array.of(0)),
  }),
  vector('commands/ping', {
    what: 'The stream has a PING command without an OPEN_RETURN_PATH before it.',
    why: 'There is no way back to answer on.',
    clauses: ['COMMAND-3', 'COMMAND-4'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-misplaced'],
    mutate: (m) => addCommand(m, 2, be(4, 1)),
  }),
  vector('commands/open-return-path', {
    what: 'The stream has an OPEN_RETURN_PATH command.',
    why: 'Files that were saved with return-path on have it, though a file has no way back.',
    clauses: ['COMMAND-4'],
    stage: 'command',
    outcome: 'accepted',
    mutate: (m) => addCommand(m, 1),
  }),
  vector('commands/ping-with-return-path', {
    what: 'The stream has an OPEN_RETURN_PATH and a PING command.',
    why: 'Files that were saved with return-path on have both.',
    clauses: ['COMMAND-4'],
    stage: 'command',
    outcome: 'accepted',
    mutate: (m) => {
      addCommand(m, 2, be(4, 1));
      addCommand(m, 1);
    },
  }),
  vector('commands/switchover-start', {
    what: 'The stream has a SWITCHOVER_START command more.',
    why: 'Newer machine types have it, older ones do not: a reader takes any number.',
    clauses: ['COMMAND-4'],
    stage: 'command',
    outcome: 'accepted',
    mutate: (m) => addCommand(m, 11),
  }),
  vector('commands/packaged', {
    what: 'The stream has a PACKAGED command for no bytes.',
    why: 'Postcopy’s command has no place in a file.',
    clauses: ['COMMAND-2', 'COMMAND-4'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-misplaced'],
    mutate: (m) => addCommand(m, 7, be(4, 0)),
  }),
  vector('commands/postcopy-listen', {
    what: 'The stream has a POSTCOPY_LISTEN command.',
    why: 'Postcopy’s command has no place in a file.',
    clauses: ['COMMAND-2', 'COMMAND-4'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-misplaced'],
    mutate: (m) => addCommand(m, 4),
  }),
  vector('commands/postcopy-advise-twice', {
    what: 'The stream has two POSTCOPY_ADVISE commands, without data.',
    why: 'QEMU takes note of the first; for the second it is in the wrong state.',
    clauses: ['COMMAND-3'],
    stage: 'command',
    outcome: 'rejected',
    rules: ['command-misplaced'],
    mutate: (m) => {
      addCommand(m, 3);
      addCommand(m, 3);
    },
  }),
];
