import type { Outcome } from '@mapped-ram/lint';
import type { UnpackedFile } from '../packing/packed-vector.js';
import type { StartAnswer } from '../protocol/messages.js';
import { isFailure, type TesteeFailure } from '../protocol/testee-process.js';
import type { ExpectedBlock, Vector } from '../vector/vector.js';
import type { AskedQuestion } from './put-questions.js';

/** How a question came out. All but `passed`, `skipped` and `known-failing` fail the run. */
export type ResultStatus =
  | 'passed'
  | 'failed'
  | 'skipped'
  | 'errored'
  | 'known-failing'
  | 'unexpected-pass'
  | TesteeFailure['failure'];

/** One question's result, for the report. */
export interface RunResult {
  readonly id: string;
  /** `judge 10.0 multifd`, `read` */
  readonly question: string;
  readonly status: ResultStatus;
  /** What is wrong, or why it was skipped. */
  readonly detail: string;
}

/** What a testee should have answered, for a vector or a good capture. */
export interface Expectation {
  /** Undefined where no verdict is known: then none is wrong. */
  verdict(version: string, multifd: boolean, knows: StartAnswer['knows']): Outcome | undefined;
  /** Why no verdict is known. */
  readonly unknownBecause?: string;
  /** The rules that must fire. Others may only where they find no more than a note. */
  readonly rules?: readonly string[];
  /** A rule that may warn, since the file does not tell. */
  readonly mayWarn?: string | undefined;
  /** What a reader must see; how many pages are set only where it is said. */
  readonly blocks?: readonly (Omit<ExpectedBlock, 'setPages'> & Partial<ExpectedBlock>)[];
  /** What comes out of a packed file, or that it has to be refused. */
  readonly unpacked?: UnpackedFile | 'rejected';
}

/** What a vector says. */
export function expectationOf(vector: Vector): Expectation {
  return {
    verdict(version, multifd, knows) {
      if (knows === 'file') {
        if (vector.needsDestination !== undefined) return undefined;
        if (vector.readBy !== undefined) {
          const { verdict, verdictOf = {} } = vector.expected;
          return verdictOf[version as keyof typeof verdictOf] ?? verdict;
        }
      }
      const record = vector.qemu?.[version as keyof typeof vector.qemu];
      return record?.[multifd ? 'multifd' : 'plain']?.verdict;
    },
    ...(vector.needsDestination !== undefined && { unknownBecause: vector.needsDestination }),
    rules: vector.expected.rules,
    ...(vector.expected.blocks !== undefined && { blocks: vector.expected.blocks }),
  };
}

/** Holds an answer against what was expected. */
export function assess(
  asked: AskedQuestion,
  expectation: Expectation,
  knows: StartAnswer['knows'],
): RunResult {
  const { operation, qemu, reply } = asked;
  const question = [operation, qemu?.version, qemu?.multifd ? 'multifd' : undefined]
    .filter(Boolean)
    .join(' ');
  const result = (status: ResultStatus, detail: string): RunResult => ({
    id: asked.testCase.id,
    question,
    status,
    detail,
  });
  if (isFailure(reply)) return result(reply.failure, reply.detail);
  if ('skipped' in reply) return result('skipped', reply.skipped.reason);
  if ('errored' in reply) return result('errored', reply.errored.message);
  const faults = faultsOf(asked, reply, expectation, knows);
  if (faults === undefined)
    return result('skipped', expectation.unknownBecause ?? 'nothing is recorded for it');
  return result(faults.length === 0 ? 'passed' : 'failed', faults.join('; '));
}

type Answered = Exclude<
  AskedQuestion['reply'],
  TesteeFailure | { readonly skipped: unknown } | { readonly errored: unknown }
>;

/** @returns undefined where nothing was expected */
function faultsOf(
  { operation, qemu }: AskedQuestion,
  reply: Answered,
  expectation: Expectation,
  knows: StartAnswer['knows'],
): string[] | undefined {
  if (operation === 'read') return faultsOfRead(reply, expectation);
  if (operation === 'unpack') return faultsOfUnpacking(reply, expectation);
  const wanted = expectation.verdict(qemu?.version ?? '', qemu?.multifd ?? false, knows);
  return faultsOfJudgement(reply, expectation, wanted);
}

function faultsOfUnpacking(reply: Answered, { unpacked }: Expectation): string[] | undefined {
  if (unpacked === undefined) return undefined;
  if ('rejected' in reply) return unpacked === 'rejected' ? [] : [`rejected: ${reply.rejected.message}`];
  const got = 'sha256' in reply.ok ? `${reply.ok.sizeBytes} bytes of sha256 ${reply.ok.sha256}` : 'no file';
  if (unpacked === 'rejected') return [`accepted: ${got}`];
  const wanted = `${unpacked.sizeBytes} bytes of sha256 ${unpacked.sha256}`;
  return wanted === got ? [] : [`wanted ${wanted}, got ${got}`];
}

/** A file that a reader must not accept is not asked for: what it makes of it is its own affair, short of a crash. */
function faultsOfRead(reply: Answered, { blocks }: Expectation): string[] | undefined {
  if (blocks === undefined) return [];
  if ('rejected' in reply) return [`wanted ${blockNames(blocks)}; got rejected: ${reply.rejected.message}`];
  const seen = 'blocks' in reply.ok ? reply.ok.blocks : undefined;
  const actual: readonly Partial<ExpectedBlock>[] | undefined = seen?.map(({ setPages, ...block }, index) =>
    blocks[index]?.setPages === undefined ? block : { ...block, setPages },
  );
  if (actual?.length !== blocks.length) {
    return [`blocks: wanted ${blockNames(blocks)}; got ${blockNames(actual)}`];
  }
  return blocks.flatMap((block: Partial<ExpectedBlock>, index) =>
    BLOCK_MEMBERS.filter((member) => block[member] !== actual[index]?.[member]).map(
      (member) => `blocks[${index}].${member}: wanted ${block[member]}, got ${actual[index]?.[member]}`,
    ),
  );
}

/** The names of some blocks, for a message. */
function blockNames(blocks: readonly Partial<ExpectedBlock>[] = []): string {
  return blocks.map(({ id }) => id).join(', ') || 'no blocks';
}

const BLOCK_MEMBERS = ['id', 'usedLength', 'pageSize', 'setPages', 'sha256'] as const;

function faultsOfJudgement(
  reply: Answered,
  { rules, mayWarn }: Expectation,
  wanted: Outcome | undefined,
): string[] | undefined {
  if (!('ok' in reply) || !('verdict' in reply.ok)) return ['not a judgement'];
  const { verdict, says, rules: fired } = reply.ok;
  if (wanted === undefined && (fired === undefined || rules === undefined)) return undefined;
  const isWrong = wanted !== undefined && verdict !== wanted;
  const unexpected = new Set(
    fired
      ?.filter(({ id, severity }) => severity !== 'note' && id !== mayWarn && rules?.includes(id) !== true)
      .map(({ id }) => id),
  );
  return [
    ...(isWrong ? [`verdict: wanted ${wanted}, got ${verdict} ${says}`.trim()] : []),
    ...[...unexpected].map((id) => `${id} fires`),
  ];
}

/**
 * Holds all the judgements of one file against the rules that it is there for: each must fire for one QEMU at least.
 *
 * @returns undefined where the testee is no linter.
 */
export function assessRules(
  asked: readonly AskedQuestion[],
  { rules = [] }: Expectation,
): RunResult | undefined {
  const fired = asked.flatMap(({ reply }) =>
    'ok' in reply && 'rules' in reply.ok ? (reply.ok.rules ?? []) : undefined,
  );
  const [first] = asked;
  if (first === undefined || fired.every((rule) => rule === undefined)) return undefined;
  const silent = rules.filter((id) => !fired.some((rule) => rule?.id === id));
  return {
    id: first.testCase.id,
    question: 'rules',
    status: silent.length === 0 ? 'passed' : 'failed',
    detail: silent.map((id) => `${id} does not fire`).join('; '),
  };
}
