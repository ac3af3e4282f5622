import { allOrFew, onlyInAll } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import { findFreePages } from './free-pages/find-free-pages.js';
import { openLinuxGuest } from './linux-guest.js';
import { readLog } from './log/read-log.js';
import { listTasks } from './processes/list-processes.js';
import { AddressBook } from './search/address-book.js';
import { readSymbols } from './symbols/kernel-symbols.js';
import { Random } from './testing/random.js';
import { SYNTHETIC_TABLES } from './testing/synthetic-file.js';
import { vmcoreinfoText } from './testing/synthetic-memory-map.js';
import { syntheticSnapshot } from './testing/synthetic-snapshot.js';

/** Seeds. */
const CASES = allOrFew(
  Array.from({ length: 60 }, (_, index) => index + 1),
  [1, 2, 3, 4, 5],
);
const { byteOffset: TABLES, lengthBytes: TABLES_BYTES } = SYNTHETIC_TABLES;
const PRESENT = 0x3n;

/** What the kernel would tell of where its log and its symbols are: somewhere in what is mapped. */
const SYMBOLS = `SYMBOL(prb)=ffffffff80100000
OFFSET(printk_ringbuffer.desc_ring)=0
OFFSET(printk_ringbuffer.text_data_ring)=48
OFFSET(atomic_long_t.counter)=0
OFFSET(prb_desc_ring.count_bits)=0
OFFSET(prb_desc_ring.descs)=8
OFFSET(prb_desc_ring.infos)=16
OFFSET(prb_desc_ring.head_id)=24
OFFSET(prb_desc_ring.tail_id)=32
OFFSET(prb_data_ring.size_bits)=0
OFFSET(prb_data_ring.data)=8
OFFSET(prb_desc.state_var)=0
OFFSET(prb_desc.text_blk_lpos)=8
OFFSET(prb_data_blk_lpos.begin)=0
OFFSET(prb_data_blk_lpos.next)=8
OFFSET(printk_info.seq)=0
OFFSET(printk_info.ts_nsec)=8
OFFSET(printk_info.text_len)=16
SIZE(prb_desc)=24
SIZE(printk_info)=88
SYMBOL(kallsyms_num_syms)=ffffffff80108000
SYMBOL(kallsyms_names)=ffffffff80108008
SYMBOL(kallsyms_token_table)=ffffffff80120000
SYMBOL(kallsyms_token_index)=ffffffff80128000
SYMBOL(kallsyms_offsets)=ffffffff80130000
SYMBOL(kallsyms_relative_base)=ffffffff80140000
`;

/** Asks all that can be asked of a guest; each question is answered, or refused by an error that says why. */
async function askEverything(change: (ram: Buffer) => void): Promise<void> {
  const { snapshot } = await syntheticSnapshot(3, { text: vmcoreinfoText(4) + SYMBOLS, change });
  const guest = await unlessRefused(openLinuxGuest(snapshot));
  if (guest === undefined) return;
  await unlessRefused(findFreePages(guest));
  await unlessRefused(AddressBook.open(guest.map.ranges, guest));
  await unlessRefused(drain(readLog(guest)));
  await unlessRefused(readSymbols(guest));
  await unlessRefused(drain(listTasks(guest)));
}

async function drain(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values) {
    // Each is read.
  }
}

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    expect(error).toBeInstanceOf(MappedRamError);
    return undefined;
  });
}

describe('a hostile guest', () => {
  onlyInAll(it)('with page tables that hold themselves is refused, or has an end', async () => {
    for (let table = 0; table < TABLES_BYTES; table += 4096) {
      await askEverything((ram) => {
        // Every second entry that is free leads to a table above, or to itself.
        for (let entry = 0; entry < 512; entry += 2) {
          const at = TABLES + table + 8 * entry;
          if (ram.readBigUInt64LE(at) === 0n) ram.writeBigUInt64LE(BigInt(TABLES) | PRESENT, at);
        }
      });
    }
  });

  onlyInAll(it)('with page tables that are changed at random is refused, or has an end', async () => {
    for (const seed of CASES) {
      const random = new Random(seed);
      await askEverything((ram) => {
        for (let count = 1 + random.below(20); count > 0; count--) {
          ram[TABLES + random.below(TABLES_BYTES)] = random.below(256);
        }
      });
    }
  });

  it('with a log and symbols that are rubbish is refused, or has an end', async () => {
    for (const seed of CASES) {
      const random = new Random(seed);
      await askEverything((ram) => {
        // The names that it is known by stay.
        for (const from of [0x10_0000, 0x10_8000, 0x12_0000, 0x12_8000]) {
          for (let at = from; at < from + 0x60; at++) {
            if (random.below(3) === 0) ram[at] = random.below(random.below(2) === 0 ? 32 : 256);
          }
        }
      });
    }
  });
});
